"""How far things have come on their way to a relying party: one for its person, all of them for officials."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from idp.db import db
from idp.outbox import signal as signals
from idp.outbox.message import OutboxMessage
from idp.shared_signals.security_event import (
    ACKNOWLEDGED,
    DELIVERED,
    DROPPED,
    FAILED,
    HELD,
    WAITING,
    SecurityEvent,
)

NO_STREAM = "no_stream"
# Of several streams of one relying party the furthest counts: its systems tell one another.
_ORDER = (ACKNOWLEDGED, DELIVERED, WAITING, FAILED)
_SAID = {HELD: WAITING, DROPPED: FAILED}
MOST = 50


@dataclass(frozen=True)
class Progress:
    """``state``: no_stream, waiting, delivered, acknowledged or failed; ``at``: since when, None for no_stream."""

    state: str
    at: datetime | None


def of_reference(account_id: UUID, reference: str) -> Progress:
    """Return how far the event has come that was signalled with this *reference* (``signal.add(reference=…)``)."""
    rows = db.session.execute(
        select(SecurityEvent.state, SecurityEvent.state_at)
        .where(SecurityEvent.account_id == account_id, SecurityEvent.reference == reference)
        .limit(MOST)
    )
    found = [Progress(_SAID.get(row.state, row.state), row.state_at) for row in rows]
    if found:
        return min(found, key=lambda one: _ORDER.index(one.state))
    return _before_fan_out(account_id, reference)


def _before_fan_out(account_id: UUID, reference: str) -> Progress:
    rows = db.session.execute(
        select(OutboxMessage.payload, OutboxMessage.created_at)
        .where(
            OutboxMessage.account_id == account_id,
            OutboxMessage.kind == signals.KIND,
            OutboxMessage.delivered_at.is_(None),
        )
        .order_by(OutboxMessage.id.desc())
        .limit(MOST)
    )
    for row in rows:
        if row.payload["data"].get("reference") == reference:
            return Progress(WAITING, row.created_at)
    return Progress(NO_STREAM, None)


def counted(stream_ids: Collection[UUID], states: Collection[str]) -> Counter[tuple[UUID, str]]:
    """Return how many events of these streams are in each of *states*. One query."""
    rows = (
        select(SecurityEvent.stream_id, SecurityEvent.state, func.count())
        .where(SecurityEvent.stream_id.in_(list(stream_ids)), SecurityEvent.state.in_(sorted(states)))
        .group_by(SecurityEvent.stream_id, SecurityEvent.state)
    )
    return Counter({(stream_id, state): number for stream_id, state, number in db.session.execute(rows)})
