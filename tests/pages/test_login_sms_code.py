"""A code by message as a way in: step 2."""

import pytest

from idp.accounts import account as accounts
from idp.audit.log import AuditEvent
from idp.authenticators import otp
from idp.db import commit, db
from idp.sessions import session as sessions
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import TOTP_SECRET, Person, Visitor
from tests.provider import Provider
from tests.site import answered, decoded


@pytest.fixture
def person(phones: Provider) -> Person:
    return phones.person(phone=newcomer.phone())


def asked(phones: Provider, number: str | None, start: str = "/login/sms") -> Visitor:
    visitor = newcomer.visitor_of(phones)
    visitor.go(start)
    visitor.send("login-sms-submit", values={"phone": number})
    assert visitor.is_at("/login/sms/code")
    return visitor


def test_the_code_lets_in_by_one_factor(phones: Provider, gateway: Gateway, person: Person) -> None:
    visitor = asked(phones, person.phone)
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/account")
    with phones.context():
        assert [one.methods for one in sessions.live_sessions(person.id)] == [["sms"]]


def test_a_site_gets_sms_in_amr(phones: Provider, gateway: Gateway, person: Person) -> None:
    site = phones.site(legal_basis="statutory_duty")
    visitor = newcomer.visitor_of(phones)
    visitor.go(site.authorize_url())
    visitor.go(visitor.path.replace("/login?", "/login/sms?"))
    visitor.send("login-sms-submit", values={"phone": person.phone})
    visitor.send("code-submit", values={"code": gateway.last_code()})
    tokens = site.redeem(answered(visitor.location)["code"])
    assert decoded(tokens["id_token"])[1]["amr"] == ["sms"]


def test_where_a_second_factor_is_enrolled_it_is_asked(
    phones: Provider, gateway: Gateway, person: Person
) -> None:
    with phones.context():
        otp.enrol(person.id, TOTP_SECRET)
        commit()
    visitor = asked(phones, person.phone)
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/login/second-factor")
    assert 'id="method-sms"' not in visitor.response.get_data(as_text=True)
    visitor.send("code-submit", values={"code": person.code()})
    assert visitor.is_at("/account")


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "\0", "1" * 5000])
def test_a_wrong_code_is_told_and_may_be_corrected(
    phones: Provider, gateway: Gateway, person: Person, code: str
) -> None:
    visitor = asked(phones, person.phone)
    right = gateway.last_code()
    visitor.send("code-submit", values={"code": "111111" if code == right else code})
    assert visitor.response.status_code == 400
    visitor.send("code-submit", values={"code": right})
    assert visitor.is_at("/account")


def test_a_code_opens_once(phones: Provider, gateway: Gateway, person: Person) -> None:
    visitor = asked(phones, person.phone)
    form = visitor.path
    visitor.send("code-submit", values={"code": gateway.last_code()})
    visitor.open(form)
    assert visitor.response.status_code == 410


def test_no_code_opens_for_a_number_without_account(phones: Provider, gateway: Gateway) -> None:
    visitor = asked(phones, newcomer.phone())
    for code in ("000000", "123456"):
        visitor.send("code-submit", values={"code": code})
        assert visitor.response.status_code == 400


def test_a_code_for_signing_up_logs_nobody_in(phones: Provider, gateway: Gateway) -> None:
    visitor = newcomer.visitor_of(phones)
    visitor.go("/sign-up")
    visitor.send("sign-up-submit", values={"phone": newcomer.phone()})
    visitor.open(visitor.path.replace("/sign-up/code", "/login/sms/code"))
    assert (visitor.response.status_code, visitor.page.error) == (410, "journey_expired")


def test_a_frozen_account_is_told_to_the_owner_of_the_phone(
    phones: Provider, gateway: Gateway, person: Person
) -> None:
    with phones.context():
        accounts.get(person.id).status = accounts.FROZEN
        commit()
    visitor = asked(phones, person.phone)
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.response.status_code == 400
    assert "locked" in visitor.response.get_data(as_text=True)
    with phones.context():
        event = db.session.query(AuditEvent).filter_by(account_id=person.id, name="login.failed").one()
        assert event.data == {"method": "sms", "reason": "account_frozen"}


def test_another_message_must_wait(phones: Provider, gateway: Gateway, person: Person) -> None:
    visitor = asked(phones, person.phone)
    visitor.send("code-resend", number=1)
    assert visitor.response.status_code == 429
    visitor.open(visitor.path)
    assert visitor.response.status_code == 303
    assert len(gateway.messages) == 1
