"""The screen that shows a QR code: what it collects, and for whom."""

import re
from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.assurance import authenticator_level
from idp.authenticators import qr
from idp.db import commit
from idp.level_policy import current
from idp.sessions import logout
from idp.sessions import session as sessions
from tests.person import PASSWORD, Person, Visitor
from tests.provider import Provider, SignIn
from tests.site import Site, answered, decoded


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def phone(person: Person, sign_in: SignIn) -> Visitor:
    return sign_in(person)


def screen_of(either: Provider, start: str = "/login/qr") -> tuple[Visitor, str, str]:
    """A screen with a code: the browser, the handle and the number."""
    screen = Visitor(either.app, either.settings.issuer, language="en")
    screen.go(start)
    if not screen.is_at("/login/qr"):
        screen.go(
            re.findall(r'id="login-qr" href="([^"]+)"', screen.response.get_data(as_text=True))[0].replace(
                "&amp;", "&"
            )
        )
    return screen, *shown(screen)


def shown(screen: Visitor) -> tuple[str, str]:
    text = screen.response.get_data(as_text=True)
    handle = re.search(r'name="handle" value="([^"]+)"', text)
    number = re.search(r'id="qr-number">(\d\d)<', text)
    assert handle
    assert number
    return handle[1], number[1]


def approve(phone: Visitor, handle: str, number: str) -> None:
    phone.go(f"/qr/{handle}")
    phone.send("qr-approve", values={"number": number})


def state_of(screen: Visitor, handle: str) -> str:
    told = screen.client.get(f"/login/qr/state?handle={handle}", base_url=screen.issuer)
    assert told.headers["Cache-Control"] == "no-store"
    return str(told.get_json()["state"])


def test_a_phone_lets_a_screen_in(either: Provider, person: Person, phone: Visitor) -> None:
    screen, handle, number = screen_of(either)
    assert state_of(screen, handle) == "waiting"
    approve(phone, handle, number)
    assert 'data-state="approved"' in phone.response.get_data(as_text=True)
    assert state_of(screen, handle) == "approved"
    screen.send("qr-check")
    assert screen.is_at("/account")
    with either.context():
        methods = sorted(one.methods for one in sessions.live_sessions(person.id))
    assert methods == [["pwd"], ["qr"]]


def test_a_site_that_asked_gets_its_answer(either: Provider, phone: Visitor) -> None:
    site: Site = either.site(legal_basis="statutory_duty", **{"client_name#en": "Housing fund"})
    screen, handle, number = screen_of(either, site.authorize_url())
    phone.go(f"/qr/{handle}")
    assert "Housing fund" in phone.response.get_data(as_text=True)
    phone.send("qr-approve", values={"number": number})
    screen.send("qr-check")
    tokens = site.redeem(answered(screen.location)["code"])
    assert decoded(tokens["id_token"])[1]["amr"] == ["qr"]


def test_a_password_and_a_screen_that_it_let_in_are_no_two_factors(
    either: Provider, person: Person, phone: Visitor
) -> None:
    # Whoever has the password alone shows it twice: on a "phone", and on the screen that this one approves.
    screen, handle, number = screen_of(either)
    approve(phone, handle, number)
    screen.send("qr-check")
    screen.go("/account/reauthenticate")
    screen.send("reauthenticate-submit", values={"password": PASSWORD})
    assert screen.is_at("/account")
    with either.context():
        methods = sorted(one.methods for one in sessions.live_sessions(person.id))
        worth = authenticator_level.of(current.get(), methods[1])
    assert methods == [["pwd"], ["pwd", "qr"]]
    assert worth == 1


def test_what_a_phone_let_in_changes_no_ways_of_signing_in(either: Provider, phone: Visitor) -> None:
    screen, handle, number = screen_of(either)
    approve(phone, handle, number)
    screen.send("qr-check")
    screen.go("/account/passkeys")
    assert screen.is_at("/account/reauthenticate")
    screen.send("reauthenticate-submit", values={"password": PASSWORD})
    assert screen.is_at("/account/passkeys")


def test_the_button_works_without_a_script_and_says_when_nobody_has_answered(
    either: Provider, phone: Visitor
) -> None:
    screen, handle, number = screen_of(either)
    screen.send("qr-check")
    assert screen.response.status_code == 200
    assert "not answered yet" in screen.response.get_data(as_text=True)
    assert shown(screen) == (handle, number)
    approve(phone, handle, number)
    screen.send("qr-check")
    assert screen.is_at("/account")


@pytest.mark.parametrize("answer", ["deny", "wrong"])
def test_a_no_and_a_wrong_number_let_nobody_in(either: Provider, phone: Visitor, answer: str) -> None:
    screen, handle, number = screen_of(either)
    phone.go(f"/qr/{handle}")
    if answer == "deny":
        phone.send("qr-deny")
    else:
        wrong = next(
            one
            for one in re.findall(r'value="(\d\d)"', phone.response.get_data(as_text=True))
            if one != number
        )
        phone.send("qr-approve", values={"number": wrong})
        assert phone.response.status_code == 400
    screen.send("qr-check")
    assert screen.response.status_code == 410
    assert f'data-state="{"denied" if answer == "deny" else "wrong_number"}"' in screen.response.get_data(
        as_text=True
    )
    assert screen.client.get_cookie("tongxing_session", domain="localhost") is None
    # The same code opens nothing later.
    approve_again = phone.open(f"/qr/{handle}")
    assert approve_again.status_code in {409, 410}


def test_another_browser_collects_nothing(either: Provider, phone: Visitor) -> None:
    screen, handle, number = screen_of(either)
    approve(phone, handle, number)
    thief, _handle, _number = screen_of(either)
    assert state_of(thief, handle) == "expired"
    thief.send("qr-check", values={"handle": handle})
    assert thief.response.status_code == 410
    assert thief.client.get_cookie("tongxing_session", domain="localhost") is None
    assert thief.open(f"/login/qr/picture.svg?handle={handle}").status_code == 404
    screen.send("qr-check")
    assert screen.is_at("/account")


def test_collecting_twice_is_once(either: Provider, person: Person, phone: Visitor) -> None:
    screen, handle, number = screen_of(either)
    approve(phone, handle, number)
    screen.send("qr-check")
    screen.go("/login/qr")
    screen.send("qr-check", values={"handle": handle})
    assert screen.response.status_code == 410
    with either.context():
        assert len(sessions.live_sessions(person.id)) == 2


@pytest.mark.parametrize("happened", ["logged_out", "frozen"])
def test_what_happened_to_the_phone_meanwhile_counts(
    either: Provider, person: Person, phone: Visitor, happened: str
) -> None:
    screen, handle, number = screen_of(either)
    approve(phone, handle, number)
    with either.context():
        if happened == "frozen":
            accounts.get(person.id).status = accounts.FROZEN
        else:
            for session in sessions.live_sessions(person.id):
                logout.end(session, "test")
        commit()
    screen.send("qr-check")
    assert screen.response.status_code == 410
    assert screen.client.get_cookie("tongxing_session", domain="localhost") is None


def test_after_two_minutes_a_new_code_is_offered(either: Provider, phone: Visitor) -> None:
    screen, handle, _number = screen_of(either)
    if either.settings.redis_url:
        pytest.skip("Redis has a clock of its own")
    with clock.shifted(timedelta(seconds=qr.LIFE + 1)):
        phone.open(f"/qr/{handle}")
        assert phone.response.status_code == 410
        screen.send("qr-check")
        assert screen.response.status_code == 410
        assert 'id="qr-again"' in screen.response.get_data(as_text=True)


@pytest.mark.parametrize("handle", ["", "x", "\0", "码", "x" * 10_000, "../../etc"])
def test_a_handle_that_is_none_is_told(either: Provider, handle: str) -> None:
    screen, _handle, _number = screen_of(either)
    screen.send("qr-check", values={"handle": handle})
    assert screen.response.status_code == 410


def test_the_picture_is_for_the_screen_alone(either: Provider) -> None:
    screen, handle, _number = screen_of(either)
    picture = screen.client.get(f"/login/qr/picture.svg?handle={handle}", base_url=screen.issuer)
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
