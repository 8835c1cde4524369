"""Another phone number, over the pages."""

from datetime import timedelta

import pytest

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import OFFICIAL
from idp.db import commit
from idp.sessions import session as sessions
from tests.accounts.gateway import Gateway
from tests.pages import newcomer
from tests.person import Person, Visitor
from tests.provider import Provider


def enter(provider: Provider, person: Person) -> Visitor:
    visitor = newcomer.visitor_of(provider)
    visitor.go("/account/phone")
    visitor.log_in(person)
    assert visitor.is_at("/account/phone")
    return visitor


def ask(visitor: Visitor, number: str) -> None:
    visitor.send("phone-submit", values={"phone": number})


def phone_of(provider: Provider, person: Person) -> str | None:
    with provider.context():
        return accounts.phone_of(accounts.get(person.id))


def test_a_new_number_is_proven_and_holds(phones: Provider, gateway: Gateway) -> None:
    person, number = phones.person(phone=newcomer.phone()), newcomer.phone()
    visitor = enter(phones, person)
    ask(visitor, number)
    assert visitor.is_at("/account/phone/code")
    assert gateway.messages[-1]["template"] == "new_phone_code"
    visitor.send("code-submit", values={"code": "000"})
    assert visitor.response.status_code == 400
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/account/settings")
    new = phone_of(phones, person)
    assert new is not None
    assert new != person.phone
    assert new.endswith(number[-8:])
    with phones.context():
        assert [one["code"] for one in accounts.get(person.id).standing] == ["phone"]
        assert notice.recent(person.id)[0].name == "phone_changed"


def test_the_code_is_asked_once_more_and_then_spent(phones: Provider, gateway: Gateway) -> None:
    person = phones.person(phone=newcomer.phone())
    visitor = enter(phones, person)
    ask(visitor, newcomer.phone())
    page = visitor.path
    visitor.send("code-submit", values={"code": gateway.last_code()})
    changed = phone_of(phones, person)
    visitor.go(page)
    assert visitor.is_at("/account/phone")
    assert phone_of(phones, person) == changed


def test_a_number_of_somebody_else_looks_the_same_and_changes_nothing(
    phones: Provider, gateway: Gateway
) -> None:
    person, other = phones.person(phone=newcomer.phone()), phones.person(phone=newcomer.phone())
    visitor = enter(phones, person)
    assert other.phone is not None
    ask(visitor, other.phone)
    assert visitor.is_at("/account/phone/code")
    assert gateway.messages[-1]["template"] == "new_phone_known"
    visitor.send("code-submit", values={"code": "000000"})
    assert visitor.response.status_code == 400
    assert phone_of(phones, person) == person.phone


def test_a_number_taken_meanwhile_is_said(phones: Provider, gateway: Gateway) -> None:
    person, number = phones.person(phone=newcomer.phone()), newcomer.phone()
    visitor = enter(phones, person)
    ask(visitor, number)
    phones.person(phone=gateway.messages[-1]["to"])
    visitor.send("code-submit", values={"code": gateway.last_code()})
    assert visitor.is_at("/account/phone")
    assert "belongs to another account" in visitor.response.get_data(as_text=True)
    assert phone_of(phones, person) == person.phone


@pytest.mark.parametrize("typed", ["", "12", "x" * 5000, "张\x00", "+8613800"])
def test_what_is_no_number_is_said_at_its_field(phones: Provider, typed: str) -> None:
    visitor = enter(phones, phones.person(phone=newcomer.phone()))
    ask(visitor, typed)
    assert visitor.response.status_code == 400
    assert 'id="phone-error"' in visitor.response.get_data(as_text=True)


def test_one_s_own_number_is_no_change(phones: Provider, gateway: Gateway) -> None:
    person = phones.person(phone=newcomer.phone())
    visitor = enter(phones, person)
    assert person.phone is not None
    ask(visitor, person.phone)
    assert visitor.response.status_code == 409
    assert gateway.messages == []


def test_an_old_login_must_prove_itself_again(phones: Provider) -> None:
    visitor = enter(phones, phones.person(phone=newcomer.phone()))
    with clock.shifted(timedelta(minutes=6)):
        visitor.go("/account/phone")
        assert visitor.is_at("/account/reauthenticate")


def test_an_official_number_is_not_changed_here(phones: Provider) -> None:
    person = phones.person(phone=newcomer.phone())
    visitor = enter(phones, person)
    with phones.context():
        accounts.get(person.id).kind = OFFICIAL
        commit()
    assert visitor.open("/account/phone").status_code in {303, 403}
    assert not visitor.is_at("/account/phone")


def test_a_gateway_that_is_away_is_said(phones: Provider, gateway: Gateway) -> None:
    visitor = enter(phones, phones.person(phone=newcomer.phone()))
    gateway.status = 500
    ask(visitor, newcomer.phone())
    assert visitor.response.status_code == 503
    assert "could not be sent" in visitor.response.get_data(as_text=True)


def test_another_code_comes_after_a_pause(phones: Provider, gateway: Gateway) -> None:
    visitor = enter(phones, phones.person(phone=newcomer.phone()))
    ask(visitor, newcomer.phone())
    visitor.send("code-resend", number=1)
    assert visitor.response.status_code == 429
    with clock.shifted(timedelta(seconds=61)):
        visitor.send("code-resend", number=1)
        assert visitor.is_at("/account/phone/code")
        assert len(gateway.messages) == 2


def test_a_code_for_something_else_changes_nothing(phones: Provider, gateway: Gateway) -> None:
    person = phones.person(phone=newcomer.phone())
    visitor = enter(phones, person)
    visitor.go("/sign-up")
    visitor.send("sign-up-submit", values={"phone": newcomer.phone()})
    ticket = visitor.path.partition("ticket=")[2]
    visitor.go(f"/account/phone/code?ticket={ticket}")
    assert visitor.is_at("/account/phone")
    assert len(sessions_of(phones, person)) == 1
    assert phone_of(phones, person) == person.phone


def sessions_of(provider: Provider, person: Person) -> list[sessions.Session]:
    with provider.context():
        return sessions.live_sessions(person.id)
