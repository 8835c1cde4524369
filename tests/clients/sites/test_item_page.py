from collections.abc import Callable

import flask
import pytest
from werkzeug.test import TestResponse

from clients.sites import item_page
from clients.sites.city.definition import CITY
from tests.clients.loopback_provider import LoopbackProvider
from tests.clients.loopback_transmitter import LoopbackTransmitter
from tests.clients.sites.conftest import SITE
from tests.clients.visitor import Visitor
from tongxing_client import event_types

Make = Callable[..., flask.Flask]
PHONE = "+8613812345678"
ORIGIN = {"Origin": "http://localhost:5000"}


@pytest.fixture
def visitor(make_site: Make, provider: LoopbackProvider) -> Visitor:
    visitor = Visitor(make_site(CITY))
    visitor.log_in()
    return visitor


def _share(visitor: Visitor, provider: LoopbackProvider) -> None:
    """Go to the page, on to the provider, agree there, and come back."""
    assert visitor.get("/reminders").status_code == 303
    visitor.get(visitor.location)
    provider.person["phone_number"] = PHONE
    assert visitor.get(visitor.way_back()).headers["Location"] == "/reminders"


def _withdraw(visitor: Visitor, transmitter: LoopbackTransmitter) -> TestResponse:
    transmitter.provider.person.pop("phone_number", None)
    members = {"items": ["phone_number"], "event_timestamp": transmitter.provider.clock.now()}
    token = transmitter.token(event_types.CONSENT_WITHDRAWN, members, client_id=SITE)
    stranger = visitor.client.application.test_client()
    return stranger.post("/security_events", data=token, content_type="application/secevent+jwt")


def test_the_item_is_asked_for_only_there(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.get("/login")
    assert visitor.asked(provider)["scope"] == "openid profile"
    visitor.get("/reminders")
    visitor.get(visitor.location)
    assert visitor.asked(provider)["scope"] == "openid profile phone"


def test_reminders_are_turned_on_and_off(visitor: Visitor, provider: LoopbackProvider) -> None:
    _share(visitor, provider)
    page = visitor.get("/reminders").text
    assert 'id="item-turn-on"' in page
    assert PHONE not in page.split("<main")[1].split("</form>")[0]
    assert visitor.client.post("/reminders", data={"on": "1"}, headers=ORIGIN).status_code == 303
    assert 'id="item-on"' in visitor.get("/reminders").text
    assert visitor.client.post("/reminders", data={"off": "1"}, headers=ORIGIN).status_code == 303
    assert 'id="item-turn-on"' in visitor.get("/reminders").text


def test_it_is_sent_from_our_own_page_only(visitor: Visitor, provider: LoopbackProvider) -> None:
    _share(visitor, provider)
    for headers in ({}, {"Origin": "https://evil.cn"}, {"Origin": "null"}):
        assert visitor.client.post("/reminders", data={"on": "1"}, headers=headers).status_code == 403


def test_without_the_item_nothing_can_be_turned_on(visitor: Visitor) -> None:
    visitor.client.post("/reminders", data={"on": "1"}, headers=ORIGIN)
    assert visitor.get("/reminders").status_code == 303


def test_what_was_taken_back_is_gone_at_once_and_said_kindly(
    visitor: Visitor, provider: LoopbackProvider, transmitter: LoopbackTransmitter
) -> None:
    _share(visitor, provider)
    visitor.client.post("/reminders", data={"on": "1"}, headers=ORIGIN)
    assert visitor.get("/me").get_json()["phone_number"] == PHONE
    assert _withdraw(visitor, transmitter).status_code == 202
    assert "phone_number" not in visitor.get("/me").get_json()
    page = visitor.get("/reminders")
    assert (page.status_code, page.text.count('id="item-taken-back"')) == (200, 1)
    assert "您已撤回手机号码" in page.text
    assert 'href="/login?scope=phone&amp;return_to=%2Freminders"' in page.text
    records = visitor.get("/records").text
    assert 'id="taken-back"' in records
    assert 'data-event="consent-withdrawn"' in records


def test_after_a_new_login_it_is_not_asked_for_by_itself(
    visitor: Visitor, provider: LoopbackProvider, transmitter: LoopbackTransmitter
) -> None:
    _share(visitor, provider)
    _withdraw(visitor, transmitter)
    transmitter.provider.clock.time += 60
    visitor.log_in()
    page = visitor.get("/reminders")
    assert page.status_code == 200
    assert 'id="item-taken-back"' in page.text


def test_it_can_be_given_again(
    visitor: Visitor, provider: LoopbackProvider, transmitter: LoopbackTransmitter
) -> None:
    _share(visitor, provider)
    _withdraw(visitor, transmitter)
    transmitter.provider.clock.time += 60
    visitor.get("/login?scope=phone&return_to=/reminders")
    provider.person["phone_number"] = PHONE
    visitor.get(visitor.way_back())
    assert 'id="item-turn-on"' in visitor.get("/reminders").text
    visitor.client.post("/reminders", data={"on": "1"}, headers=ORIGIN)
    assert 'id="item-on"' in visitor.get("/reminders").text


def test_who_does_not_share_it_is_left_in_peace(visitor: Visitor) -> None:
    visitor.get("/reminders")
    visitor.get(visitor.location)
    visitor.get(visitor.way_back())
    page = visitor.get("/reminders")
    assert page.status_code == 200
    assert 'id="item-not-shared"' in page.text


def test_words_of_the_address_add_no_other_scope(visitor: Visitor, provider: LoopbackProvider) -> None:
    visitor.get("/login?scope=phone+real_name+offline_access")
    assert visitor.asked(provider)["scope"] == "openid profile phone"


@pytest.mark.parametrize(
    ("value", "shown"), [("+8613812345678", "+86*******5678"), ("1234567", "*******"), ("", "")]
)
def test_enough_is_shown_to_know_it_by(value: str, shown: str) -> None:
    assert item_page.mask(value) == shown
