"""A passkey after a password, and what else is offered then."""

from idp.authenticators import recovery_code
from idp.db import commit
from tests.authenticators.soft_passkey import SoftPasskey
from tests.pages import keyring
from tests.person import PASSWORD, Person, Visitor
from tests.provider import ISSUER, Provider, SignIn

HERE = "/login/second-factor/passkey"


def after_password(provider: Provider, person: Person) -> Visitor:
    visitor = Visitor(provider.app, ISSUER, language="en")
    visitor.go("/login?next=/account/sessions")
    visitor.send("login-submit", values={"identifier": person.username, "password": PASSWORD})
    return visitor


def test_it_comes_first_where_there_is_one(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    key = keyring.add(sign_in(person))
    visitor = after_password(either, person)
    assert visitor.is_at(HERE)
    keyring.show(visitor, key)
    assert visitor.is_at("/account/sessions")


def test_all_that_the_account_has_is_offered_and_nothing_else(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True, phone=False)
    keyring.add(sign_in(person))
    text = after_password(either, person).response.get_data(as_text=True)
    assert 'id="method-totp"' in text
    assert 'id="method-sms"' not in text
    assert 'id="method-recovery_code"' not in text
    with either.context():
        recovery_code.create(person.id)
        commit()
    visitor = after_password(either, person)
    assert 'id="method-recovery_code"' in visitor.response.get_data(as_text=True)
    visitor.go(visitor.path.replace("/passkey", "") + "&method=totp")
    visitor.send("code-submit", values={"code": person.code()})
    assert visitor.is_at("/account/sessions")


def test_nothing_is_told_before_the_password(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    keyring.add(sign_in(person))
    visitor = Visitor(either.app, ISSUER, language="en")
    visitor.go("/login")
    visitor.send("login-submit", values={"identifier": person.username, "password": "wrong"})
    assert "method-" not in visitor.response.get_data(as_text=True)
    for path in (HERE, "/login/second-factor"):
        assert visitor.open(path).status_code == 410


def test_somebody_elses_key_and_rubbish_are_refused(either: Provider, sign_in: SignIn) -> None:
    person = either.person(totp=True)
    keyring.add(sign_in(person))
    other = keyring.add(sign_in(either.person()))
    visitor = after_password(either, person)
    for answer in (
        other.get(keyring.options_on(visitor)),
        "{}",
        SoftPasskey().get(keyring.options_on(visitor)),
    ):
        keyring.send(visitor, answer)
        assert visitor.response.status_code == 400
    assert visitor.client.get_cookie("tongxing_session", domain="localhost") is None
