from datetime import timedelta

import pytest

from idp import clock
from idp.authenticators import code_limit, recovery_code
from idp.db import commit
from idp.sessions import session as sessions
from tests.person import PASSWORD, Visitor
from tests.provider import ISSUER, Provider, SignIn

LATER = timedelta(seconds=400)


def cookie(visitor: Visitor) -> str:
    found = visitor.client.get_cookie("tongxing_session", domain="localhost")
    assert found is not None
    return found.value


def test_the_password_lets_on_and_the_session_gets_a_new_secret(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    before = cookie(visitor)
    with either.context():
        (session,) = sessions.live_sessions(person.id)
    with clock.shifted(LATER):
        visitor.go("/account/totp")
        assert visitor.is_at("/account/reauthenticate")
        assert "code-error" not in visitor.response.get_data(as_text=True)
        visitor.send("reauthenticate-submit", values={"password": PASSWORD})
        assert visitor.is_at("/account/totp")
        assert cookie(visitor) != before
        with either.context():
            (renewed,) = sessions.live_sessions(person.id)
            assert renewed.id == session.id
            assert renewed.auth_time > session.auth_time
        thief = Visitor(either.app, ISSUER)
        thief.client.set_cookie("tongxing_session", before, domain="localhost")
        assert thief.open("/account").status_code == 303


def test_where_a_code_is_enrolled_it_is_asked_for_too(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    visitor = sign_in(person)
    with clock.shifted(LATER):
        visitor.go("/account/recovery-codes")
        visitor.send("reauthenticate-submit", values={"password": PASSWORD})
        assert visitor.response.status_code == 400
        assert 'id="code-error"' in visitor.response.get_data(as_text=True)
        visitor.send("reauthenticate-submit", values={"password": PASSWORD, "code": "000 00x"})
        assert visitor.response.status_code == 400
        visitor.send("reauthenticate-submit", values={"password": PASSWORD, "code": person.code()})
        assert visitor.is_at("/account/recovery-codes")
        with either.context():
            (session,) = sessions.live_sessions(person.id)
            assert session.methods == ["pwd", "otp", "mfa"]


def test_a_recovery_code_stands_in_for_the_app(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    with either.context():
        codes = recovery_code.create(person.id)
        commit()
    visitor = sign_in(person)
    with clock.shifted(LATER):
        visitor.go("/account/recovery-codes")
        visitor.send("reauthenticate-submit", values={"password": PASSWORD, "code": codes[0]})
        assert visitor.is_at("/account/recovery-codes")


@pytest.mark.parametrize("password", ["", "wrong", "\x00", "🔑", "x" * 50_000])
def test_a_wrong_password_does_not(either: Provider, sign_in: SignIn, password: str) -> None:
    person = either.person()
    visitor = sign_in(person)
    with clock.shifted(LATER):
        visitor.go("/account/totp")
        visitor.send("reauthenticate-submit", values={"password": password})
        assert visitor.response.status_code == 400
        assert 'id="password-error"' in visitor.response.get_data(as_text=True)
        visitor.open("/account/totp")
        assert visitor.response.status_code == 303


def test_guessing_has_an_end(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/reauthenticate")
    statuses = []
    for _ in range(11):
        visitor.send("reauthenticate-submit", values={"password": "wrong"})
        statuses.append(visitor.response.status_code)
    assert statuses == [400] * 10 + [429]


def test_wrong_codes_elsewhere_lock_out_nobody_here(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    visitor = sign_in(person)
    with either.context():
        for _ in range(5):
            code_limit.count(person.id, "browser-of-a-stranger")
    with clock.shifted(LATER):
        visitor.go("/account/recovery-codes")
        visitor.send("reauthenticate-submit", values={"password": PASSWORD, "code": person.code()})
        assert visitor.is_at("/account/recovery-codes")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/login", "/account/../login", "/account\r\nX: y", ""],
)
def test_the_way_on_stays_in_ones_account(either: Provider, sign_in: SignIn, elsewhere: str) -> None:
    visitor = sign_in(either.person())
    visitor.open("/account/reauthenticate", query_string={"next": elsewhere})
    visitor.send("reauthenticate-submit", values={"password": PASSWORD}, follow=False)
    assert visitor.location == "/account"
