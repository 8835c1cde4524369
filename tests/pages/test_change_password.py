from datetime import timedelta

import pytest

from idp import clock
from idp.authenticators import pwd
from idp.sessions import session as sessions
from tests.person import PASSWORD, Visitor
from tests.provider import ISSUER, Provider, SignIn

NEW = "a new sentence 2026"


def change(visitor: Visitor, **values: str) -> None:
    visitor.go("/account/password")
    visitor.send("password-submit", values={"current_password": PASSWORD, "new_password": NEW} | values)


def test_the_new_password_works_and_the_old_one_does_not(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    other, mine = sign_in(person), sign_in(person)
    change(mine)
    assert mine.is_at("/account/sign-in-methods")
    assert "Your password is changed" in "".join(mine.page.texts)
    # Other devices were logged out; this one stays.
    assert other.open("/account").status_code == 303
    assert mine.open("/account").status_code == 200
    for password, place in ((PASSWORD, None), (NEW, "/account")):
        visitor = Visitor(either.app, ISSUER)
        visitor.go("/login")
        visitor.send("login-submit", values={"identifier": person.username, "password": password})
        assert visitor.is_at("/account") == (place is not None)


def test_a_copy_of_this_logins_cookie_is_worth_nothing_after_it(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    mine, thief = sign_in(person), Visitor(either.app, ISSUER)
    stolen = mine.client.get_cookie("tongxing_session", domain="localhost")
    assert stolen is not None
    thief.client.set_cookie("tongxing_session", stolen.value, domain="localhost")
    assert thief.open("/account").status_code == 200
    change(mine)
    assert thief.open("/account").status_code == 303
    assert mine.open("/account").status_code == 200
    with either.context():
        assert len(sessions.live_sessions(person.id)) == 1


def test_other_devices_may_stay(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    other, mine = sign_in(person), sign_in(person)
    mine.go("/account/password")
    mine.send("password-submit", values={"current_password": PASSWORD, "new_password": NEW, "end_others": []})
    assert mine.is_at("/account/sign-in-methods")
    assert other.open("/account").status_code == 200
    with either.context():
        assert len(sessions.live_sessions(person.id)) == 2


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"current_password": ""}, "current_password", "Enter your password"),
        ({"current_password": "wrong"}, "current_password", "current password is not right"),
        ({"current_password": "\x00" * 9}, "current_password", "current password is not right"),
        ({"new_password": ""}, "new_password", "at least"),
        ({"new_password": "short"}, "new_password", "at least"),
        ({"new_password": "password12345"}, "new_password", "commonly used"),
        ({"new_password": PASSWORD}, "new_password", "same"),
        ({"new_password": "x y" * 5000}, "new_password", "too long"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    either: Provider, sign_in: SignIn, values: dict[str, str], field: str, words: str
) -> None:
    person = either.person()
    visitor = sign_in(person)
    change(visitor, **values)
    assert visitor.response.status_code == 400
    body = visitor.response.get_data(as_text=True)
    assert f'id="{field}-error"' in body
    assert words in "".join(visitor.page.texts)
    assert NEW not in body
    assert PASSWORD not in body
    with either.context():
        assert pwd.verify(person.id, PASSWORD)


def test_ones_own_name_is_no_password(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    change(visitor, new_password=f"it-is-{person.username}")
    assert "must not contain" in "".join(visitor.page.texts)


def test_guessing_the_present_password_has_an_end(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/password")
    statuses = []
    for _ in range(11):
        visitor.send("password-submit", values={"current_password": "wrong", "new_password": NEW})
        statuses.append(visitor.response.status_code)
    assert statuses == [400] * 10 + [429]


def test_where_a_code_is_enrolled_it_is_asked_for_first(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(totp=True))
    assert visitor.open("/account/password").status_code == 200
    with clock.shifted(timedelta(seconds=301)):
        visitor.go("/account/password")
        assert visitor.is_at("/account/reauthenticate")
