"""A phone must be at hand before its company or bank is asked about it."""

from collections.abc import Callable

from idp.proofing import case as cases
from tests.accounts.gateway import Gateway
from tests.pages.test_proofing import plant
from tests.person import Person, Visitor
from tests.proofing.conftest import number
from tests.proofing.register_server import RegisterServer
from tests.provider import Provider

Enter = Callable[[Person], Visitor]
FORM = {"name": "李娜", "number": number(1), "phone": "13800138000"}


def text(visitor: Visitor) -> str:
    return visitor.response.get_data(as_text=True)


def test_the_operator_is_asked_only_after_the_right_code(
    proving_pages: Provider, enter: Enter, server: RegisterServer, gateway: Gateway
) -> None:
    visitor = enter(proving_pages.person())
    visitor.go("/account/proofing/operator3")
    visitor.send("proofing-submit", values=FORM)
    assert visitor.path.startswith("/account/proofing/operator3/code?ticket=")
    assert "138****8000" in text(visitor)
    assert gateway.messages[-1]["template"] == "proofing_code"
    for wrong in ("", "000000" if gateway.last_code() != "000000" else "111111"):
        visitor.send("code-submit", values={"code": wrong})
        assert visitor.response.status_code == 400
    assert not server.asked
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert 'data-state="approved"' in text(visitor)
    assert [one.source for one in server.asked] == ["operator"]


def test_a_code_for_one_phone_proves_no_other(
    proving_pages: Provider, enter: Enter, server: RegisterServer, gateway: Gateway
) -> None:
    person = proving_pages.person()
    visitor = enter(person)
    visitor.go("/account/proofing/operator3")
    visitor.send("proofing-submit", values=FORM)
    first, code = visitor.path, gateway.last_code()
    visitor.go("/account/proofing/operator3")
    visitor.send("proofing-submit", values=FORM | {"phone": "13900139000"})
    visitor.go(first)
    visitor.send("code-submit", values={"code": code})
    assert visitor.is_at("/account/proofing/operator3")
    assert not server.asked
    with proving_pages.context():
        assert [case.state for case in cases.of_account(person.id)] == ["started"]


def test_a_code_to_sign_up_or_of_another_browser_opens_nothing(
    proving_pages: Provider, enter: Enter, gateway: Gateway
) -> None:
    person = proving_pages.person()
    visitor = enter(person)
    visitor.go("/account/proofing/bank4")
    visitor.send("proofing-submit", values=FORM | {"card": "4111111111111111"})
    other = enter(person)
    other.open(visitor.path)
    assert other.location == "/account/proofing/bank4"
    visitor.open("/account/proofing/bank4/code?ticket=nonsense")
    assert visitor.location == "/account/proofing/bank4"


def test_another_code_can_be_asked_for_after_a_pause(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person())
    plant(proving_pages, proving_pages.person(), "phone")
    visitor.go("/account/proofing/operator3")
    visitor.send("proofing-submit", values=FORM)
    visitor.send("code-resend", number=1)
    assert visitor.response.status_code == 429


def test_a_gateway_that_is_away_is_said_on_the_form(
    proving_pages: Provider, enter: Enter, gateway: Gateway
) -> None:
    visitor = enter(proving_pages.person())
    visitor.go("/account/proofing/operator3")
    gateway.status = 503
    try:
        visitor.send("proofing-submit", values=FORM)
    finally:
        gateway.status = 202
    assert visitor.response.status_code == 503
    assert "could not be sent" in text(visitor)
