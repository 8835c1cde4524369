"""The address in the message to the old number: it asks first, then takes the change back."""

import json
from datetime import timedelta

import pytest

from idp import background, clock
from idp.accounts import account as accounts
from idp.accounts import notice, phone_change
from idp.accounts.account import Person as Facts
from idp.db import commit, db
from idp.keys import field_cipher
from idp.outbox.message import OutboxMessage
from idp.sessions import session as sessions
from idp.tokens import account_leaving
from tests.pages import newcomer
from tests.person import Person
from tests.provider import Provider, SignIn

NUMBERS = iter(range(10_000, 99_999))


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


def changed(provider: Provider, person: Person) -> str:
    """Change the person's number; return the address that takes it back."""
    with provider.context():
        phone_change.change(accounts.get(person.id), f"+861370{next(NUMBERS):07}")
        commit()
        query = db.session.query(OutboxMessage).filter_by(kind="notice", account_id=person.id)
        message = next(one for one in query if one.payload["name"] == "phone_changed")
        values = json.loads(field_cipher.open_sealed(message.payload["values"], f"outbox.notice:{person.id}"))
    return str(values["link"]).removeprefix(provider.settings.issuer)


def test_opening_it_changes_nothing_and_the_button_puts_everybody_out(
    either: Provider, person: Person, sign_in: SignIn
) -> None:
    stranger = sign_in(person)
    link = changed(either, person)
    owner = newcomer.visitor_of(either)
    owner.go(link)
    assert 'data-state="open"' in owner.response.get_data(as_text=True)
    with either.context():
        assert accounts.phone_of(accounts.get(person.id)) != person.phone
    owner.send("restore-phone")
    assert 'data-state="restored"' in owner.response.get_data(as_text=True)
    with either.context():
        assert accounts.phone_of(accounts.get(person.id)) == person.phone
        assert sessions.live_sessions(person.id) == []
    stranger.go("/account")
    assert stranger.is_at("/login")
    owner.go(link)
    assert 'data-state="restored"' in owner.response.get_data(as_text=True)


def test_after_its_days_it_is_too_late(either: Provider, person: Person) -> None:
    link = changed(either, person)
    owner = newcomer.visitor_of(either)
    owner.go(link)
    with clock.shifted(timedelta(days=8)):
        owner.send("restore-phone")
        assert 'data-state="late"' in owner.response.get_data(as_text=True)
    with either.context():
        assert accounts.phone_of(accounts.get(person.id)) != person.phone


def test_a_number_with_another_account_stays_there_but_everybody_is_put_out(
    either: Provider, person: Person, sign_in: SignIn
) -> None:
    sign_in(person)
    link = changed(either, person)
    with either.context():
        accounts.create(Facts(f"taker{next(NUMBERS)}", "李娜", phone=person.phone))
        commit()
    owner = newcomer.visitor_of(either)
    owner.go(link)
    owner.send("restore-phone")
    assert 'data-state="taken"' in owner.response.get_data(as_text=True)
    with either.context():
        assert sessions.live_sessions(person.id) == []


def test_should_the_process_die_before_everybody_is_out_the_worker_ends_it(
    either: Provider, person: Person, sign_in: SignIn
) -> None:
    stranger = sign_in(person)
    link = changed(either, person)
    with either.context():
        change = phone_change.find(link.rpartition("/")[2])
        assert change is not None
        assert phone_change.undo(change)
        commit()
    stranger.go("/account")
    assert stranger.is_at("/account")
    with either.context():
        for message in db.session.query(OutboxMessage).filter_by(kind=phone_change.RESTORED):
            background.HANDLERS[message.kind](message)
        commit()
    stranger.go("/account")
    assert stranger.is_at("/login")


def test_an_end_that_the_stranger_asked_for_does_not_come(either: Provider, person: Person) -> None:
    with either.context():
        account_leaving.ask(accounts.get(person.id))
        commit()
    link = changed(either, person)
    owner = newcomer.visitor_of(either)
    owner.go(link)
    owner.send("restore-phone")
    body = owner.response.get_data(as_text=True)
    assert 'href="/account/password"' in body
    # What the stranger may have added opens the account without any password.
    assert 'href="/account/sign-in-methods"' in body
    with either.context():
        assert accounts.get(person.id).closes_at is None
        assert "closing_cancelled" in {one.name for one in notice.recent(person.id)}


@pytest.mark.parametrize("token", ["x", "x" * 2000, "%E5%BC%A0", "..%2F.."])
def test_a_made_up_address_is_a_plain_error(either: Provider, token: str) -> None:
    visitor = newcomer.visitor_of(either)
    assert visitor.open(f"/phone/restore/{token}").status_code == 404
