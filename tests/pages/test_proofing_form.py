"""The form of each way: what was typed is kept, mistakes stand at their field, sending twice is one case."""

from collections.abc import Callable

import pytest

from idp.proofing import case as cases
from tests.person import Person, Visitor
from tests.proofing.conftest import number
from tests.proofing.register_server import RegisterServer, problem
from tests.provider import Provider

Enter = Callable[[Person], Visitor]
ME = number(1)
REGISTER = "/account/proofing/register"


def text(visitor: Visitor) -> str:
    return visitor.response.get_data(as_text=True)


def test_a_match_is_told_and_leads_back_to_the_site(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person(name="李娜"))
    journey = "J" * 32
    visitor.go(f"{REGISTER}?journey={journey}")
    visitor.send("proofing-submit", values={"name": "李娜", "number": ME})
    assert 'data-state="approved"' in text(visitor)
    assert f'href="/authorize/{journey}"' in text(visitor)
    # Asked once: what is proven is not asked for again.
    visitor.go("/account/proofing/operator3")
    assert "330106" not in text(visitor)
    assert 'name="number"' not in text(visitor)


def test_a_mistake_stands_at_its_field_and_nothing_typed_is_lost(
    proving_pages: Provider, enter: Enter, server: RegisterServer
) -> None:
    visitor = enter(proving_pages.person())
    visitor.go(REGISTER)
    visitor.send("proofing-submit", values={"name": "阿依努尔·买买提", "number": "123"})
    assert visitor.response.status_code == 400
    assert 'id="number-error"' in text(visitor)
    assert 'value="123"' in text(visitor)
    assert "阿依努尔·买买提" in text(visitor)
    assert not server.asked


def test_a_register_that_is_down_leaves_a_case_that_can_be_asked_again(
    proving_pages: Provider, enter: Enter, server: RegisterServer
) -> None:
    visitor = enter(proving_pages.person())
    visitor.go(REGISTER)
    answers = server.respond
    server.respond = lambda question: problem(503)
    visitor.send("proofing-submit", values={"name": "李娜", "number": ME})
    assert 'data-reason="source_away"' in text(visitor)
    waiting = visitor.path
    # The form leads to the case that waits.
    visitor.go(REGISTER)
    assert visitor.path == waiting
    server.respond = answers
    visitor.send("proofing-retry")
    assert 'data-state="approved"' in text(visitor)


def test_a_refused_case_is_history_and_another_one_can_begin(
    proving_pages: Provider, enter: Enter, server: RegisterServer
) -> None:
    person = proving_pages.person()
    visitor = enter(person)
    server.respond = lambda question: server.signed(question, "not_found")
    for _ in range(2):
        visitor.go(REGISTER)
        visitor.send("proofing-submit", values={"name": "李娜", "number": ME})
        assert 'data-reason="mismatch"' in text(visitor)
    with proving_pages.context():
        assert [case.state for case in cases.of_account(person.id)] == ["refused", "refused"]
    visitor.go("/account/proofing")
    assert text(visitor).count("Could not be proven") == 2


def test_too_many_questions_are_stopped(
    proving_pages: Provider, enter: Enter, server: RegisterServer
) -> None:
    visitor = enter(proving_pages.person())
    server.respond = lambda question: server.signed(question, "mismatch")
    status = 200
    for _ in range(proving_pages.settings.limits.proofings_per_number + 1):
        visitor.go(REGISTER)
        status = visitor.send("proofing-submit", values={"name": "李娜", "number": ME}).status_code
    assert status == 429
    assert len(server.asked) == proving_pages.settings.limits.proofings_per_number


def test_a_visit_needs_its_place_first(proving_pages: Provider, enter: Enter, server: RegisterServer) -> None:
    visitor = enter(proving_pages.person())
    visitor.go("/account/proofing/counter")
    assert visitor.path == "/account/proofing/counter/place"
    visitor.go("/account/proofing/counter?division=330106")
    visitor.send("proofing-submit", values={"name": "李娜", "number": ME})
    assert 'data-reason="for_official"' in text(visitor)
    assert 'id="case-number"' in text(visitor)
    assert ME not in text(visitor)
    assert not server.asked


def test_a_passport_is_known_by_its_country_too(proving_pages: Provider, enter: Enter) -> None:
    visitor = enter(proving_pages.person())
    visitor.go(REGISTER)
    wrong = {"name": "Ana Lima", "number": "FX123456", "type": "passport", "country": "??"}
    visitor.send("proofing-submit", values=wrong)
    assert 'id="country-error"' in text(visitor)
    visitor.send("proofing-submit", values=wrong | {"country": "BRA"})
    assert 'data-state="approved"' in text(visitor)


@pytest.mark.parametrize("way", ["representative", "enterprise-register", "horoscope", "../login", "self"])
def test_what_is_no_way_of_a_person_is_no_page(proving_pages: Provider, enter: Enter, way: str) -> None:
    visitor = enter(proving_pages.person())
    visitor.open(f"/account/proofing/{way}")
    assert visitor.response.status_code in {303, 404}


@pytest.mark.parametrize(
    "value", ["\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "9" * 5_000]
)
def test_hostile_input_is_a_mistake_and_no_breakdown(
    proving_pages: Provider, enter: Enter, value: str
) -> None:
    visitor = enter(proving_pages.person())
    for way in ("register", "operator3", "bank4", "network-id", "chip", "vouch"):
        visitor.go(f"/account/proofing/{way}")
        fields = ("name", "number", "phone", "card", "presentation", "reading", "type", "country", "division")
        visitor.send("proofing-submit", values=dict.fromkeys(fields, value))
        assert visitor.response.status_code in {200, 400}, way
