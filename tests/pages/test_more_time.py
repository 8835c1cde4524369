"""More time before a page ends: for journeys ten times and more, for sessions as long as they may live."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from idp import clock
from idp.db import commit
from idp.sessions import session as sessions
from idp.sessions.terms import Terms
from tests.person import Person, Visitor
from tests.provider import ISSUER, Provider
from tests.site import Site

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site(client_uri="https://site.example/start")


@pytest.fixture
def visitor(provider: Provider) -> Visitor:
    return Visitor(provider.app, ISSUER, language="en")


@pytest.fixture
def short(provider: Provider) -> Callable[[Person], Visitor]:
    """A function that opens a browser in which a person is signed in as an official is: 15 idle minutes."""

    def enter(person: Person) -> Visitor:
        visitor = Visitor(provider.app, ISSUER, language="en")
        with provider.context():
            terms = Terms(absolute=3600, idle=900, strong_absolute=3600, strong_idle=900)
            _, secret = sessions.start(person.id, ["pwd"], sessions.Browser("test", "127.0.0.1"), terms)
            commit()
        visitor.client.set_cookie("tongxing_session", secret, domain="localhost")
        visitor.go("/account/sessions")
        return visitor

    return enter


def address(visitor: Visitor) -> str:
    """Where the open page asks for more time."""
    found = re.search(r'data-address="([^"]+)"', visitor.response.get_data(as_text=True))
    assert found is not None
    return found[1].replace("&amp;", "&")


def state(visitor: Visitor, where: str) -> dict[str, Any]:
    answer = visitor.client.get(where, base_url=ISSUER, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    said: dict[str, Any] = answer.get_json()
    return said


def extend(visitor: Visitor, where: str, token: str) -> dict[str, Any]:
    answer = visitor.client.post(
        where, base_url=ISSUER, headers={"Accept": "application/json"}, data={"csrf_token": token}
    )
    said: dict[str, Any] = answer.get_json() if answer.is_json else {"status": answer.status_code}
    return said


def token(visitor: Visitor) -> str:
    return dict(visitor.page.framing["/display"].values)["csrf_token"]


def test_a_journey_says_how_long_it_lives_and_gets_more_time(site: Site, visitor: Visitor) -> None:
    visitor.go(site.authorize_url())
    where, csrf, page = address(visitor), token(visitor), visitor.path
    assert 890 < state(visitor, where)["seconds"] <= 900
    with clock.shifted(14 * MINUTE):
        assert state(visitor, where)["seconds"] <= 60
        assert 890 < extend(visitor, where, csrf)["seconds"] <= 900
    with clock.shifted(28 * MINUTE):
        assert visitor.open(page).status_code == 200


def test_ten_times_and_then_no_more(site: Site, visitor: Visitor) -> None:
    visitor.go(site.authorize_url())
    where, csrf, page = address(visitor), token(visitor), visitor.path
    times = 0
    for minutes in range(14, 500, 14):
        with clock.shifted(minutes * MINUTE):
            if visitor.open(page).status_code != 200:
                break
            times += extend(visitor, where, csrf)["seconds"] > 60
    assert 10 <= times <= 25


def test_who_comes_too_late_gets_no_time_but_a_way_to_start_again(site: Site, visitor: Visitor) -> None:
    visitor.go(site.authorize_url())
    where, csrf, page = address(visitor), token(visitor), visitor.path
    with clock.shifted(16 * MINUTE):
        assert state(visitor, where) == {
            "seconds": 0,
            "can_extend": False,
            "kind": "journey",
            "person": "",
        }
        assert extend(visitor, where, csrf)["seconds"] == 0
        visitor.open(page)
        assert (visitor.response.status_code, visitor.page.error) == (410, "journey_expired")
        assert 'id="start-again" href="https://site.example/start"' in visitor.response.get_data(as_text=True)
    stranger = Visitor(site.visitor().client.application, ISSUER, language="en")
    with clock.shifted(16 * MINUTE):
        stranger.open(page)
        assert "start-again" not in stranger.response.get_data(as_text=True)


def test_a_strangers_journey_is_given_no_time(provider: Provider, site: Site, visitor: Visitor) -> None:
    visitor.go(site.authorize_url())
    where, page = address(visitor), visitor.path
    stranger = Visitor(provider.app, ISSUER)
    stranger.go("/")
    with clock.shifted(14 * MINUTE):
        assert extend(stranger, where, token(stranger))["seconds"] == 0
    with clock.shifted(16 * MINUTE):
        assert visitor.open(page).status_code == 410


def test_asking_is_no_use_of_the_session_and_more_time_is(
    provider: Provider, short: Callable[[Person], Visitor]
) -> None:
    visitor = short(provider.person())
    where, csrf = address(visitor), token(visitor)
    with clock.shifted(10 * MINUTE):
        asked = state(visitor, where)
        assert (asked["kind"], asked["can_extend"]) == ("session", True)
        assert asked["seconds"] <= 301
        assert state(visitor, where)["seconds"] <= 301
        assert extend(visitor, where, csrf)["seconds"] > 890
    with clock.shifted(24 * MINUTE):
        assert visitor.open("/account/sessions").status_code == 200


def test_no_session_lives_longer_than_it_may(provider: Provider, short: Callable[[Person], Visitor]) -> None:
    visitor = short(provider.person())
    where, csrf = address(visitor), token(visitor)
    for minutes in (14, 28, 42, 55):
        with clock.shifted(minutes * MINUTE):
            last = extend(visitor, where, csrf)
    assert (last["can_extend"], last["kind"]) == (False, "session")
    assert last["seconds"] <= 300
    with clock.shifted(61 * MINUTE):
        assert state(visitor, where)["seconds"] == 0
        assert extend(visitor, where, csrf)["seconds"] == 0


def test_a_page_that_wants_a_fresh_login_says_when_it_is_asked_again(
    provider: Provider, visitor: Visitor
) -> None:
    visitor.go("/login")
    visitor.log_in(provider.person())
    visitor.go("/account/passkeys")
    page = visitor.response.get_data(as_text=True)
    assert 'data-kind="proof"' in page
    assert "/account/reauthenticate?next=/more-time" in page
    where = address(visitor)
    assert 280 < state(visitor, where)["seconds"] <= 300
    assert state(visitor, where)["can_extend"] is False
    visitor.go("/account/reauthenticate?next=/more-time")
    assert "next=%2Fmore-time" in visitor.response.get_data(as_text=True)


def test_two_people_are_told_apart(provider: Provider, short: Callable[[Person], Visitor]) -> None:
    one, other = short(provider.person()), short(provider.person())
    tags = [state(visitor, address(visitor))["person"] for visitor in (one, other)]
    assert len(set(tags)) == 2
    assert all(len(tag) == 16 for tag in tags)


def test_without_a_script_a_page_of_its_own_says_it(site: Site, visitor: Visitor) -> None:
    visitor.go(site.authorize_url())
    where = address(visitor)
    assert "Give me more time" in visitor.response.get_data(as_text=True)
    visitor.send_frame(where, "time-more-plain")
    assert visitor.response.status_code == 200
    assert "You can go on" in visitor.response.get_data(as_text=True)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "journey=x",
        "journey=" + "x" * 3000,
        "journey=%00",
        "max_age=-1",
        "max_age=٣",
        "session=1&max_age=" + "9" * 400,
        "level=x",
        "session&session",
    ],
)
def test_made_up_needs_are_answered_calmly(visitor: Visitor, query: str) -> None:
    visitor.go("/")
    csrf = token(visitor)
    assert state(visitor, f"/more-time?{query}").get("seconds", 0) == 0
    assert extend(visitor, f"/more-time?{query}", csrf).get("seconds", 0) == 0
    assert visitor.open(f"/more-time?{query}").status_code == 200


def test_without_the_token_no_time_is_given(visitor: Visitor) -> None:
    assert visitor.client.post("/more-time", base_url=ISSUER).status_code == 400
