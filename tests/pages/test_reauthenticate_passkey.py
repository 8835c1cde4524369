"""Proving once more that it is you, when there is more than a password."""

from datetime import timedelta

from idp import clock
from idp.authenticators import recovery_code
from idp.db import commit
from idp.sessions import session as sessions
from tests.authenticators.soft_passkey import SoftPasskey
from tests.pages import keyring
from tests.person import PASSWORD, Visitor
from tests.provider import Provider, SignIn

PATH = "/account/passkeys"
HERE = "/account/reauthenticate"


def asked(visitor: Visitor) -> str:
    visitor.go(PATH)
    assert visitor.is_at(HERE)
    return visitor.response.get_data(as_text=True)


def test_a_password_alone_changes_nothing_any_more(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    key = keyring.add(visitor)
    text = asked(visitor)
    assert 'name="password"' not in text
    assert 'href="/recovery"' in text, "no dead end"
    before = visitor.client.get_cookie("tongxing_session", domain="localhost")
    keyring.show(visitor, key)
    assert visitor.is_at(PATH)
    assert visitor.client.get_cookie("tongxing_session", domain="localhost") != before
    with clock.shifted(timedelta(seconds=301)):
        asked(visitor)


def test_a_password_posted_all_the_same_is_not_enough(either: Provider, sign_in: SignIn) -> None:
    """The page without its form is still an address."""
    person = either.person()
    visitor = sign_in(person)
    keyring.add(visitor)
    asked(visitor)
    form = visitor.page.forms[0]
    token = dict(form.values)["csrf_token"]
    data = {"csrf_token": token, "password": PASSWORD}
    visitor.client.post(f"{HERE}?next={PATH}", base_url=visitor.issuer, data=data)
    asked(visitor)


def test_a_recovery_code_stands_in_for_a_key(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    keyring.add(visitor)
    with either.context():
        code = recovery_code.create(person.id)[0]
        commit()
    assert "Recovery code" in asked(visitor)
    visitor.send("reauthenticate-submit", 1, {"password": PASSWORD, "code": code})
    assert visitor.is_at(PATH)


def test_a_key_that_checks_nobody_needs_the_password_beside_it(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    key = keyring.add(visitor, key=SoftPasskey(verifies_user=False))
    assert 'name="password"' not in asked(visitor)
    keyring.show(visitor, key)
    # Joined with the password that was given minutes ago; later it is asked for beside the key.
    assert visitor.is_at(PATH)
    with clock.shifted(timedelta(seconds=400)):
        asked(visitor)
        keyring.show(visitor, key)
        assert visitor.is_at(HERE)
        visitor.send("reauthenticate-submit", 1, {"password": PASSWORD})
        assert visitor.is_at(PATH)


def test_somebody_elses_key_and_rubbish_are_refused(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    keyring.add(visitor)
    other = keyring.add(sign_in(either.person()))
    asked(visitor)
    for answer in (other.get(keyring.options_on(visitor)), "", "{}"):
        keyring.send(visitor, answer)
        assert visitor.response.status_code == 400
    asked(visitor)


def test_a_challenge_of_the_login_page_confirms_nothing(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    key = keyring.add(visitor)
    visitor.go("/login")
    of_login = key.get(keyring.options_on(visitor))
    asked(visitor)
    keyring.send(visitor, of_login)
    assert visitor.response.status_code == 400
    assert "open too long" in visitor.response.get_data(as_text=True)


def test_the_check_of_one_key_is_not_lent_to_another(either: Provider, sign_in: SignIn) -> None:
    """A key of trusted hardware that checked nobody, then a software key that did: that is no A3."""
    person = either.person()
    visitor = sign_in(person)
    key = keyring.add(visitor)
    with either.context():
        (session,) = sessions.live_sessions(person.id)
        session.methods = ["hwk"]
        commit()
    visitor.go(f"{HERE}?next={PATH}")
    keyring.show(visitor, key)
    with either.context():
        (session,) = sessions.live_sessions(person.id)
        assert session.methods == ["swk", "user", "mfa"]
