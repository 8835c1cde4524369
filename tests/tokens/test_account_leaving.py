"""Time to think an end over: it comes when it is due, once, unless the owner keeps the account."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit.log import AuditEvent
from idp.consent import consent_record
from idp.db import commit, db
from idp.errors import Forbidden
from idp.outbox.message import OutboxMessage
from idp.tokens import account_leaving
from tests.provider import Provider


@pytest.fixture
def person(either: Provider) -> Iterator[Account]:
    made = either.person()
    with either.context():
        yield accounts.get(made.id)


def told(account: Account) -> list[str]:
    return [one.name for one in reversed(notice.recent(account.id, 20))]


def recorded(account: Account) -> list[str]:
    names = db.session.scalars(
        select(AuditEvent.name).where(AuditEvent.account_id == account.id).order_by(AuditEvent.id)
    )
    return [name for name in names if name.startswith(("closing.", "account.closed"))]


def test_it_closes_when_it_is_due_and_not_before(person: Account) -> None:
    closes_at = account_leaving.ask(person)
    commit()
    assert closes_at - clock.now() > timedelta(days=14, hours=23)
    with clock.shifted(timedelta(days=14, hours=23)):
        account_leaving.run()
        assert accounts.get(person.id).status == accounts.ACTIVE
        assert told(person) == ["closing_asked", "closing_soon"]
    with clock.shifted(timedelta(days=15, minutes=1)):
        account_leaving.run()
        account_leaving.run()
    assert accounts.get(person.id).status == accounts.CLOSED
    assert accounts.get(person.id).closes_at is None
    # The inbox is erased with the account; the last word goes to the phone it had.
    assert told(person) == []
    sent = select(OutboxMessage.payload).where(
        OutboxMessage.kind == notice.KIND, OutboxMessage.account_id == person.id
    )
    assert [one["name"] for one in db.session.scalars(sent)].count("account_closed") == 1
    assert recorded(person) == ["closing.requested", "account.closed"]


def test_asking_twice_does_not_put_it_off(person: Account) -> None:
    first = account_leaving.ask(person)
    commit()
    with clock.shifted(timedelta(days=3)):
        assert account_leaving.ask(person) == first
        commit()
    assert told(person) == ["closing_asked"]


def test_who_keeps_it_keeps_it(person: Account) -> None:
    account_leaving.ask(person)
    commit()
    assert account_leaving.cancel(person)
    assert not account_leaving.cancel(person)
    commit()
    with clock.shifted(timedelta(days=16)):
        account_leaving.run()
    assert accounts.get(person.id).status == accounts.ACTIVE
    assert recorded(person) == ["closing.requested", "closing.cancelled"]
    assert told(person) == ["closing_asked", "closing_cancelled"]


def test_a_reminder_comes_once_some_days_before(person: Account) -> None:
    account_leaving.ask(person)
    commit()
    for days in (11, 12.5, 13, 14):
        with clock.shifted(timedelta(days=days)):
            account_leaving.run()
    assert told(person) == ["closing_asked", "closing_soon"]


def test_what_ended_a_moment_before_is_neither_kept_nor_ended_again(
    either: Provider, person: Account
) -> None:
    """The page was let in while the account was active; the job, or a merging, came first."""
    account_leaving.ask(person)
    commit()
    with either.context(), clock.shifted(timedelta(days=16)):
        account_leaving.run()
    assert person.status == accounts.ACTIVE  # as the page still believes
    assert not account_leaving.cancel(person)
    with pytest.raises(Forbidden, match="locked"):
        account_leaving.ask(person)
    db.session.rollback()
    assert recorded(person) == ["closing.requested", "account.closed"]


def test_a_locked_account_waits(person: Account) -> None:
    account_leaving.ask(person)
    person.status = accounts.FROZEN
    commit()
    with clock.shifted(timedelta(days=16)):
        account_leaving.run()
    assert accounts.get(person.id).status == accounts.FROZEN


def test_what_the_person_had_allowed_ends_with_the_account(either: Provider) -> None:
    site, made = either.site(), either.person()
    site.tokens(made)
    with either.context():
        account = accounts.get(made.id)
        account_leaving.ask(account)
        commit()
        with clock.shifted(timedelta(days=16)):
            account_leaving.run()
            (row,) = consent_record.of_account(made.id)
            assert row.state(clock.now()) == consent_record.WITHDRAWN
