"""Forgetting what was told long ago, and giving up what nobody fetches. A job of the worker; the caller commits."""

from datetime import timedelta

from sqlalchemy import delete, or_, select

from idp import clock
from idp.db import db
from idp.shared_signals import security_event
from idp.shared_signals.configuration import PUSH
from idp.shared_signals.security_event import (
    ACKNOWLEDGED,
    DELIVERED,
    DROPPED,
    FAILED,
    HELD,
    WAITING,
    SecurityEvent,
)
from idp.shared_signals.stream import ENABLED, Stream

ROWS = 1000
# Longer than all tries of a message take (`outbox.delivery`): five hours.
OVERDUE = timedelta(hours=6)
# What nobody has fetched or acknowledged in so long.
UNFETCHED = timedelta(days=30)
# What a pause has held back for so long; who ends the pause later is told it all the same, while it is kept.
HELD_LONGEST = timedelta(days=90)
KEPT = timedelta(days=30)
# Dead letters stay until somebody has had time to look.
KEPT_FAILED = timedelta(days=180)
# The person may ask whether a site has heard of a withdrawal as long as the record of the consent is kept.
KEPT_REFERENCED = timedelta(days=3 * 366)


def sweep() -> int:
    """Forget, give up and send again some; return how many."""
    return _send_again() + _give_up() + _forget()


def _send_again() -> int:
    """Send what should have been brought long ago and has no message any more (its stream was changed meanwhile)."""
    late = (
        select(SecurityEvent, Stream)
        .join(Stream, Stream.id == SecurityEvent.stream_id)
        .where(
            SecurityEvent.state == WAITING,
            SecurityEvent.state_at < clock.now() - OVERDUE,
            Stream.method == PUSH,
            Stream.status == ENABLED,
        )
        .order_by(SecurityEvent.id)
        .limit(ROWS)
    )
    found = db.session.execute(late).all()
    for event, stream in found:
        security_event.send_again(event, stream)
    return len(found)


def _give_up() -> int:
    now = clock.now()
    late = select(SecurityEvent.id, SecurityEvent.state).where(
        or_(
            SecurityEvent.state.in_((WAITING, DELIVERED)) & (SecurityEvent.state_at < now - UNFETCHED),
            (SecurityEvent.state == HELD) & (SecurityEvent.state_at < now - HELD_LONGEST),
        )
    )
    found = db.session.execute(late.limit(ROWS)).all()
    for event in found:
        reason = "paused for too long" if event.state == HELD else "not fetched"
        security_event.settle(event.id, FAILED, reason)
    return len(found)


def _forget() -> int:
    now = clock.now()
    told = SecurityEvent.state.in_((ACKNOWLEDGED, DROPPED)) & (SecurityEvent.state_at < now - KEPT)
    failed = (SecurityEvent.state == FAILED) & (SecurityEvent.state_at < now - KEPT_FAILED)
    old = select(SecurityEvent.id).where(
        or_(told, failed),
        or_(SecurityEvent.reference.is_(None), SecurityEvent.state_at < now - KEPT_REFERENCED),
    )
    ids = list(db.session.scalars(old.limit(ROWS)))
    if ids:
        db.session.execute(delete(SecurityEvent).where(SecurityEvent.id.in_(ids)))
    return len(ids)
