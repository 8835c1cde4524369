from datetime import timedelta

import pytest

from idp import clock
from idp.setting_sections import Sms
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import Visitor
from tests.provider import NewProvider, Provider


@pytest.fixture
def visitor(phones: Provider) -> Visitor:
    """Somebody who has just been sent a code."""
    visitor = newcomer.visitor_of(phones)
    visitor.go("/sign-up")
    visitor.send("sign-up-submit", values={"phone": newcomer.phone()})
    assert visitor.is_at("/sign-up/code")
    return visitor


def test_the_page_says_where_the_code_went_and_not_the_number(visitor: Visitor, gateway: Gateway) -> None:
    number = gateway.messages[-1]["to"][3:]
    body = visitor.response.get_data(as_text=True)
    assert f"139****{number[-4:]}" in body
    assert number not in body


@pytest.mark.parametrize("code", ["", "12345", "x" * 60_000, "12\x003456", "🔢", "\u202e123456"])
def test_a_wrong_code_is_said_at_its_field(visitor: Visitor, gateway: Gateway, code: str) -> None:
    visitor.send("code-submit", values={"code": code})
    assert visitor.response.status_code == 400
    assert 'id="code-error"' in visitor.response.get_data(as_text=True)
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/sign-up/details")


def test_a_code_dies_after_a_few_wrong_tries(visitor: Visitor, gateway: Gateway) -> None:
    for _ in range(5):
        visitor.send("code-submit", values={"code": "wrong"})
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.response.status_code == 400


def test_another_code_comes_after_a_pause(visitor: Visitor, gateway: Gateway) -> None:
    visitor.send("code-resend", number=1)
    assert visitor.response.status_code == 429
    assert "seconds" in "".join(visitor.page.texts)
    with clock.shifted(timedelta(seconds=61)):
        visitor.send("code-resend", number=1)
        assert visitor.is_at("/sign-up/code")
        assert len(gateway.messages) == 2
        visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/sign-up/details")


def test_a_gateway_that_is_away_is_said(visitor: Visitor, gateway: Gateway) -> None:
    gateway.status = 500
    with clock.shifted(timedelta(seconds=61)):
        visitor.send("code-resend", number=1)
    assert visitor.response.status_code == 503
    assert "could not be sent" in "".join(visitor.page.texts)


def test_an_old_code_is_void(new_provider: NewProvider, gateway: Gateway) -> None:
    # On SQLite alone: Redis keeps its own time, which no test moves.
    visitor = newcomer.visitor_of(new_provider(sms=Sms(url=gateway.url)))
    visitor.go("/sign-up")
    visitor.send("sign-up-submit", values={"phone": newcomer.phone()})
    with clock.shifted(timedelta(seconds=301)):
        visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.response.status_code == 400


def test_the_way_back_from_a_form_that_only_posts(visitor: Visitor) -> None:
    visitor.go(visitor.path.replace("/code?", "/code/resend?"))
    assert visitor.is_at("/sign-up/code")


def test_a_proven_number_is_not_asked_again(visitor: Visitor, gateway: Gateway) -> None:
    page = visitor.path
    visitor.send("code-submit", values={"code": gateway.last_code()})
    visitor.go(page)
    assert visitor.is_at("/sign-up/details")


def test_another_browser_cannot_use_the_address(phones: Provider, visitor: Visitor, gateway: Gateway) -> None:
    other = newcomer.visitor_of(phones)
    other.open(visitor.path)
    assert other.response.status_code == 410
    assert other.page.error == "journey_expired"


def test_step_three_needs_step_two(visitor: Visitor) -> None:
    visitor.open(visitor.path.replace("/sign-up/code", "/sign-up/details"))
    assert visitor.response.status_code == 410
