import re
from datetime import timedelta

import pyotp
import pytest

from idp import clock
from idp.authenticators import code_limit, otp, recovery_code
from idp.db import commit
from idp.sessions import session as sessions
from tests.person import PASSWORD, Person, Visitor
from tests.provider import ISSUER, Provider, SignIn


def secret_on(visitor: Visitor) -> str:
    found = re.search(r"secret=([A-Z2-7]+)", visitor.response.get_data(as_text=True))
    assert found is not None
    return found.group(1)


def codes_on(visitor: Visitor) -> list[str]:
    return re.findall(r"<code>([0-9A-Z-]{14})</code>", visitor.response.get_data(as_text=True))


def enrol(visitor: Visitor) -> str:
    visitor.go("/account/totp")
    secret = secret_on(visitor)
    visitor.send("code-submit", values={"code": pyotp.TOTP(secret).at(clock.timestamp())})
    return secret


def log_in_by_password(visitor: Visitor, person: Person) -> None:
    visitor.go("/login")
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD})


def test_a_person_switches_it_on_and_needs_it_from_then_on(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    secret = enrol(visitor)
    assert visitor.response.status_code == 200
    assert "switched on" in "".join(visitor.page.texts)
    codes = codes_on(visitor)
    assert len(codes) == recovery_code.COUNT
    # The session was given a new secret and counts as one with two factors.
    assert visitor.open("/account/recovery-codes").status_code == 200
    with either.context():
        (session,) = sessions.live_sessions(person.id)
        assert session.methods == ["pwd", "otp", "mfa"]
    again = Visitor(either.app, ISSUER, language="en")
    log_in_by_password(again, person)
    assert again.is_at("/login/second-factor")
    again.send("code-submit", values={"code": pyotp.TOTP(secret).at(clock.timestamp() + 30)})
    assert again.is_at("/account")
    lost = Visitor(either.app, ISSUER, language="en")
    log_in_by_password(lost, person)
    lost.go(lost.path.replace("second-factor?", "second-factor?method=recovery_code&"))
    lost.send("code-submit", values={"code": codes[0].lower()})
    assert lost.is_at("/account")


def test_the_session_secret_from_before_is_worth_nothing(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    before = visitor.client.get_cookie("tongxing_session", domain="localhost")
    enrol(visitor)
    thief = Visitor(either.app, ISSUER)
    assert before is not None
    thief.client.set_cookie("tongxing_session", before.value, domain="localhost")
    assert thief.open("/account").status_code == 303


@pytest.mark.parametrize("code", ["", "123", "000000x", "\x00", "🔢", "9" * 60_000])
def test_a_wrong_code_switches_nothing_on(either: Provider, sign_in: SignIn, code: str) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/totp")
    secret = secret_on(visitor)
    visitor.send("code-submit", values={"code": code})
    assert visitor.response.status_code == 400
    with either.context():
        assert not otp.is_enrolled(person.id)
    if visitor.page.error is None:
        assert secret_on(visitor) == secret  # the app that was just set up stays right


def test_guessing_has_an_end(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/totp")
    statuses = []
    for _ in range(7):
        visitor.send("code-submit", values={"code": "none"})
        statuses.append(visitor.response.status_code)
    assert statuses == [400] * 5 + [429] * 2


def test_guessing_elsewhere_does_not_keep_a_person_from_it(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    with either.context():
        for _ in range(5):
            code_limit.count(person.id, "browser-of-a-stranger")
    enrol(visitor)
    assert len(codes_on(visitor)) == recovery_code.COUNT


def test_the_picture_says_what_the_key_says(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/totp")
    secret = secret_on(visitor)
    picture = visitor.open("/account/totp/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.data.startswith(b"<svg")
    visitor.go("/account/totp")
    assert secret_on(visitor) == secret
    assert visitor.open("/account/totp/qr.svg").data == picture.data


def test_switching_it_off_takes_the_recovery_codes_along(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    with either.context():
        recovery_code.create(person.id)
        commit()
    visitor = sign_in(person)
    visitor.go("/account/totp/remove")
    visitor.send("remove-confirm")
    assert "switched off" in "".join(visitor.page.texts)
    with either.context():
        assert not otp.is_enrolled(person.id)
        assert recovery_code.count_left(person.id) == 0


def test_who_has_it_is_not_asked_to_switch_it_on(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person(totp=True))
    visitor.go("/account/totp")
    assert visitor.is_at("/account/sign-in-methods")


def test_an_enrolment_left_open_for_long_begins_anew(provider: Provider) -> None:
    visitor = Visitor(provider.app, ISSUER, language="en")
    visitor.go("/login?next=/account/totp")
    visitor.log_in(provider.person())
    secret = secret_on(visitor)
    provider_life = provider.settings.lifetimes.journey
    with clock.shifted(timedelta(seconds=provider_life + 1)):
        visitor.send("code-submit", values={"code": pyotp.TOTP(secret).at(clock.timestamp())})
        assert visitor.is_at("/account/reauthenticate")


def test_setting_up_the_app_is_no_new_login(either: Provider, sign_in: SignIn) -> None:
    """OIDC Core §2 ``auth_time``: else every act that asks for a fresh login would be open for minutes more."""
    person = either.person()
    visitor = sign_in(person)

    def present() -> sessions.Session:
        (found,) = sessions.live_sessions(person.id)
        return found

    with either.context():
        before = present().auth_time
    with clock.shifted(timedelta(seconds=200)):
        enrol(visitor)
        with either.context():
            assert present().auth_time == before
            assert present().methods == ["pwd", "otp", "mfa"]
    with clock.shifted(timedelta(seconds=310)):
        visitor.go("/account/totp/remove")
        assert visitor.is_at("/account/reauthenticate")
