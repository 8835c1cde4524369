"""Adding a passkey at its page."""

import pytest

from idp.accounts import notice
from idp.authenticators import passkey
from tests.accounts.gateway import Gateway
from tests.authenticators.soft_passkey import SoftPasskey
from tests.pages import keyring, newcomer
from tests.person import Visitor
from tests.provider import Provider, SignIn


def test_they_change_at_the_level_that_is_held(phones: Provider, gateway: Gateway) -> None:
    # Password and phone together reach level 3: a password alone adds no key that would reach it without the phone.
    person = phones.person(phone=newcomer.phone(), evidence=("register", "operator3", "bank4"))
    visitor = Visitor(phones.app, phones.settings.issuer, language="en")
    visitor.go("/login")
    visitor.log_in(person)
    visitor.go("/account/passkeys")
    assert visitor.is_at("/login/second-factor/sms")
    visitor.send("sms-send")
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/account/passkeys")


def test_a_passkey_is_added_and_its_owner_told_elsewhere(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    visitor = sign_in(person)
    keyring.add(visitor, "My phone")
    assert visitor.is_at("/account/sign-in-methods")
    assert "The passkey is added" in "".join(visitor.page.texts)
    assert "My phone" in "".join(visitor.page.texts)
    with either.context():
        assert [one.name for one in passkey.of_account(person.id)] == ["My phone"]
        assert [one.name for one in notice.recent(person.id)] == ["passkey_added"]


def test_nothing_personal_stands_in_the_options_but_what_the_device_shows(
    either: Provider, sign_in: SignIn
) -> None:
    person = either.person()
    visitor = sign_in(person)
    visitor.go("/account/passkeys")
    options = keyring.options_on(visitor, "create")
    assert str(person.id) not in options
    assert person.phone is not None
    assert person.phone not in options


@pytest.mark.parametrize("answer", ["", "{}", "null", "x" * 30_000, '{"id": "AAAA"}', "\0"], ids=repr)
def test_rubbish_is_told_and_the_name_kept(either: Provider, sign_in: SignIn, answer: str) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/passkeys")
    keyring.send(visitor, answer, "create", name="My phone")
    assert visitor.response.status_code == 400
    assert "did not work" in visitor.response.get_data(as_text=True)
    assert 'value="My phone"' in visitor.response.get_data(as_text=True)


def test_a_name_is_needed(either: Provider, sign_in: SignIn) -> None:
    visitor = sign_in(either.person())
    visitor.go("/account/passkeys")
    key = SoftPasskey()
    keyring.send(visitor, key.create(keyring.options_on(visitor, "create")), "create", name=" ")
    assert visitor.response.status_code == 400
    assert 'href="#name"' in visitor.response.get_data(as_text=True)


def test_one_key_serves_one_account(either: Provider, sign_in: SignIn) -> None:
    key = keyring.add(sign_in(either.person()))
    visitor = sign_in(either.person())
    keyring.add(visitor, key=key)
    assert visitor.response.status_code == 409
    assert "in use already" in visitor.response.get_data(as_text=True)
