"""Logging in with a passkey, without a user name (WebAuthn §7.2)."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit.log import AuditEvent
from idp.db import commit, db
from tests.authenticators.soft_passkey import SoftPasskey
from tests.pages import keyring
from tests.person import Visitor
from tests.provider import ISSUER, Provider, SignIn
from tests.site import answered, decoded


def at_login(provider: Provider) -> Visitor:
    visitor = Visitor(provider.app, ISSUER, language="en")
    visitor.go("/login")
    return visitor


def test_its_owner_is_in(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    key = keyring.add(sign_in(person))
    visitor = at_login(either)
    keyring.show(visitor, key)
    assert visitor.is_at("/account")
    assert person.name in "".join(visitor.page.texts)


def test_a_site_hears_how(provider: Provider) -> None:
    person, site = provider.person(), provider.site(legal_basis="statutory_duty")
    visitor = site.visitor(language="en")
    visitor.go("/login")
    visitor.log_in(person)
    key = keyring.add(visitor)
    fresh = site.visitor(language="en")
    fresh.go(site.authorize_url())
    keyring.show(fresh, key)
    tokens = site.redeem(answered(fresh.location)["code"])
    assert decoded(tokens["id_token"])[1]["amr"] == ["swk", "user", "mfa"]


def test_the_page_tells_nothing_about_anybody(either: Provider, sign_in: SignIn) -> None:
    keyring.add(sign_in(either.person()))
    assert '"allowCredentials": []' in keyring.options_on(at_login(either))


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "x" * 40_000, '{"rawId": "AA", "response": {}}'], ids=repr
)
def test_rubbish_opens_nothing(either: Provider, answer: str) -> None:
    visitor = at_login(either)
    keyring.send(visitor, answer)
    assert visitor.response.status_code == 400
    assert "did not work" in visitor.response.get_data(as_text=True)
    assert visitor.client.get_cookie("tongxing_session", domain="localhost") is None


def test_an_unknown_key_and_a_wrong_signature_look_alike(either: Provider, sign_in: SignIn) -> None:
    key = keyring.add(sign_in(either.person()))
    texts = set()
    for answer in (SoftPasskey().get, lambda options: key.get(options, signer=SoftPasskey().key)):
        visitor = at_login(either)
        keyring.send(visitor, answer(keyring.options_on(visitor)))
        assert visitor.response.status_code == 400
        texts.add("".join(visitor.page.texts))
    assert len(texts) == 1


def test_an_old_page_is_told_so(either: Provider, sign_in: SignIn) -> None:
    key = keyring.add(sign_in(either.person()))
    visitor = at_login(either)
    with clock.shifted(timedelta(seconds=601)):
        keyring.show(visitor, key)
        assert visitor.response.status_code == 400
        assert "open too long" in visitor.response.get_data(as_text=True)
        keyring.show(visitor, key)
        assert visitor.is_at("/account")


def test_a_copied_key_is_stopped_and_its_owner_told_once(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    key = keyring.add(sign_in(person))
    keyring.show(at_login(either), key)
    key.counter = 1
    with clock.shifted(timedelta(seconds=5)):
        for _ in range(2):
            visitor = at_login(either)
            keyring.show(visitor, key)
            assert visitor.response.status_code == 403
            assert "copied" in visitor.response.get_data(as_text=True)
    with either.context():
        told = [one.name for one in notice.recent(person.id)]
        assert told == ["passkey_suspended", "new_device", "passkey_added"]
        names = [event.name for event in db.session.query(AuditEvent).filter_by(account_id=person.id)]
        assert names.count("passkey.suspended") == 1
        assert names.count("login.failed") == 2
    listed = sign_in(person)
    listed.go("/account/sign-in-methods")
    assert "seems to be copied" in listed.response.get_data(as_text=True)


def test_a_locked_account_stays_locked(either: Provider, sign_in: SignIn) -> None:
    person = either.person()
    key = keyring.add(sign_in(person))
    with either.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    visitor = at_login(either)
    keyring.show(visitor, key)
    assert visitor.response.status_code == 403
    assert "locked" in visitor.response.get_data(as_text=True)


def test_a_link_to_the_forms_address_leads_to_the_page(either: Provider) -> None:
    visitor = Visitor(either.app, ISSUER)
    visitor.go("/login/passkey")
    assert visitor.is_at("/login")
