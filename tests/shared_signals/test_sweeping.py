"""What is forgotten when, what is given up, and what is sent again because nothing brings it any more."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete

from idp import clock
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.shared_signals import push, sweeping
from idp.shared_signals.security_event import SecurityEvent
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import OWN, Client
from tests.shared_signals.test_push import told

URI = "https://fund.example.cn/events"


def aged(
    provider: Provider, state: str, days: float, reference: str | None = None, *, pushed: bool = False
) -> UUID:
    """Somebody with one event that has been in *state* for so long; return the account."""
    site, person = registered(provider, URI), provider.person()
    Client(site).make(f"{OWN}consent-withdrawn", push_to=URI if pushed else None)
    told(provider, person, Signal.CONSENT_WITHDRAWN, client_id=site.id, items=["name"], reference=reference)
    with provider.context():
        event = db.session.query(SecurityEvent).filter_by(account_id=person.id).one()
        event.state, event.state_at = state, clock.now() - timedelta(days=days)
        commit()
    return person.id


def left(provider: Provider, account_id: UUID) -> list[tuple[str, str]]:
    with provider.context():
        rows = db.session.query(SecurityEvent).filter_by(account_id=account_id).order_by(SecurityEvent.id)
        return [(row.state, row.error) for row in rows]


@pytest.mark.parametrize(
    ("state", "days", "reference", "stays"),
    [
        ("acknowledged", 29, None, True),
        ("acknowledged", 31, None, False),
        ("dropped", 31, None, False),
        ("acknowledged", 31, "withdrawal", True),
        ("acknowledged", 1000, "withdrawal", True),
        ("acknowledged", 1200, "withdrawal", False),
        ("failed", 100, None, True),
        ("failed", 181, None, False),
        ("held", 1000, None, True),
    ],
)
def test_what_is_kept_how_long(
    either: Provider, state: str, days: float, reference: str | None, *, stays: bool
) -> None:
    account_id = aged(either, state, days, reference)
    with either.context():
        sweeping.sweep()
        commit()
    assert bool(left(either, account_id)) == stays


@pytest.mark.parametrize("state", ["waiting", "delivered"])
def test_what_nobody_fetches_is_given_up(either: Provider, state: str) -> None:
    account_id = aged(either, state, 31)
    fresh = aged(either, state, 29)
    with either.context():
        sweeping.sweep()
        commit()
    assert left(either, account_id) == [("failed", "not fetched")]
    assert left(either, fresh) == [(state, "")]


def test_what_no_message_brings_any_more_is_sent_again(either: Provider) -> None:
    account_id = aged(either, "waiting", 0.5, pushed=True)
    with either.context():
        db.session.execute(
            delete(OutboxMessage).where(
                OutboxMessage.kind == push.KIND, OutboxMessage.account_id == account_id
            )
        )
        commit()
        for _ in range(2):
            sweeping.sweep()
            commit()
        brought = db.session.query(OutboxMessage).filter_by(kind=push.KIND, account_id=account_id)
        assert brought.count() == 1
    assert left(either, account_id) == [("waiting", "")]


def test_a_pause_is_not_for_ever(either: Provider) -> None:
    short, long = aged(either, "held", 89), aged(either, "held", 91)
    with either.context():
        sweeping.sweep()
        commit()
    assert left(either, short) == [("held", "")]
    assert left(either, long) == [("failed", "paused for too long")]
