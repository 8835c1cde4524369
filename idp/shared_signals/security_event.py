"""One event of one stream: what the receiver has still to hear, or has acknowledged. Receivers know it by its `jti`.

States: waiting (to be pushed, or fetched), held (the stream is paused), delivered (fetched, not acknowledged yet),
acknowledged (RFC 8935 §2.2, RFC 8936 §2.4), failed (refused, or given up), dropped (the stream was disabled or
deleted).
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Uuid, or_, select, true, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db, insert_each_if_absent, partial_index
from idp.outbox import message
from idp.shared_signals import stream as streams
from idp.shared_signals.stream import DISABLED, ENABLED, PAUSED, Stream
from idp.uuid7 import uuid7

# The kind of outbox message that brings one event.
PUSH_KIND = "security_event"
WAITING, HELD, DELIVERED = "waiting", "held", "delivered"
ACKNOWLEDGED, FAILED, DROPPED = "acknowledged", "failed", "dropped"
STATES = (WAITING, HELD, DELIVERED, ACKNOWLEDGED, FAILED, DROPPED)
OPEN = (WAITING, HELD, DELIVERED)
LONGEST_ERROR = 200
# RFC 8935 §2.4: refusals that another try may mend, once keys or credentials have been looked up again.
PASSING = frozenset({"invalid_key", "authentication_failed", "access_denied"})
RELEASED_AT_ONCE = 500
_LOW = (1 << 62) - 1


class SecurityEvent(Model):
    """One event. ``reference`` names what it is about among our own records (a withdrawal, a deletion request)."""

    __tablename__ = "security_events"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    stream_id: Mapped[UUID] = mapped_column(Uuid)
    client_id: Mapped[str] = mapped_column(String(255))
    account_id: Mapped[UUID | None] = mapped_column(Uuid)
    type: Mapped[str] = mapped_column(String(200))
    subject: Mapped[dict[str, Any]] = mapped_column(Json)
    members: Mapped[dict[str, Any]] = mapped_column(Json)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(12))
    state_at: Mapped[datetime] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(LONGEST_ERROR), default="")
    reference: Mapped[str | None] = mapped_column(String(64))


IS_OPEN = SecurityEvent.state.in_(OPEN)

Index("ix_security_events_account", SecurityEvent.account_id, SecurityEvent.reference)
Index("ix_security_events_stream", SecurityEvent.stream_id, SecurityEvent.id)
# Small however much was told: what a stream has still to hear.
partial_index(
    "ix_security_events_open",
    SecurityEvent.stream_id,
    SecurityEvent.account_id,
    SecurityEvent.id,
    where=IS_OPEN,
)
Index("ix_security_events_state", SecurityEvent.state, SecurityEvent.state_at)


@dataclass(frozen=True)
class Told:
    """What one event says, and of whom."""

    type: str
    subject: Mapping[str, Any]
    members: Mapping[str, Any]
    happened_at: datetime
    account_id: UUID | None = None
    reference: str | None = None
    # What it follows from; the same cause gives a stream the same event, however often it is handled.
    cause: UUID | None = None


def add(stream: Stream, told: Told, *, whatever_status: bool = False) -> UUID | None:
    """Let *stream* hear *told*; return the event's id, or None when it is disabled or has it already.

    *whatever_status*: also a stream that is paused or disabled hears it (that it is so). The caller commits.
    """
    added = add_each([(stream, told)], whatever_status=whatever_status)
    return added[0] if added else None


def add_each(several: Sequence[tuple[Stream, Told]], *, whatever_status: bool = False) -> list[UUID]:
    """Do so for several; return the ids of the events that are new."""
    rows = [_row(stream, told, whatever_status=whatever_status) for stream, told in several]
    added = insert_each_if_absent(SecurityEvent, [row for row in rows if row is not None])
    for row, (stream, told) in zip(rows, several, strict=True):
        if row is not None and row["id"] in added and stream.is_push and row["state"] == WAITING:
            _send(stream.client_id, stream.id, row["id"], told.account_id)
    return [row["id"] for row in rows if row is not None and row["id"] in added]


def _row(stream: Stream, told: Told, *, whatever_status: bool) -> dict[str, Any] | None:
    if stream.status != ENABLED:
        # Who turns it on again comes before us, or after what we write now: nothing stays behind.
        stream = streams.find(stream.id, lock=True) or stream
    if stream.status == DISABLED and not whatever_status:
        return None
    now = clock.now()
    return {
        "id": uuid7() if told.cause is None else _id(told.cause, stream.id),
        "stream_id": stream.id,
        "client_id": stream.client_id,
        "account_id": told.account_id,
        "type": told.type,
        "subject": dict(told.subject),
        "members": dict(told.members),
        "happened_at": told.happened_at,
        "created_at": now,
        "state": HELD if stream.status == PAUSED and not whatever_status else WAITING,
        "state_at": now,
        "error": "",
        "reference": told.reference,
    }


def find(event_id: UUID) -> SecurityEvent | None:
    """Return the event as it is now, or None."""
    return db.session.get(SecurityEvent, event_id, populate_existing=True)


def before(event: SecurityEvent, limit: int) -> list[SecurityEvent]:
    """Return what the same receiver has still to hear about the same account before *event*, oldest first."""
    rows = (
        select(SecurityEvent)
        .where(
            SecurityEvent.stream_id == event.stream_id,
            SecurityEvent.account_id == event.account_id,
            SecurityEvent.id < event.id,
            SecurityEvent.state == WAITING,
            IS_OPEN,
        )
        .order_by(SecurityEvent.id)
        .limit(limit)
    )
    return [] if event.account_id is None else list(db.session.scalars(rows))


def fetched(stream_id: UUID, limit: int) -> tuple[list[SecurityEvent], bool]:
    """Return the oldest events that are not acknowledged, now delivered, and whether there are more."""
    rows = list(
        db.session.scalars(
            select(SecurityEvent)
            .where(
                SecurityEvent.stream_id == stream_id,
                SecurityEvent.state.in_((WAITING, DELIVERED)),
                IS_OPEN,
            )
            .order_by(SecurityEvent.id)
            .limit(limit + 1)
        )
    )
    now = clock.now()
    for event in rows[:limit]:
        if event.state == WAITING:
            event.state, event.state_at = DELIVERED, now
    return rows[:limit], len(rows) > limit


def settle(event_id: UUID, state: str, error: str = "", *, stream_id: UUID | None = None) -> bool:
    """Write down how it went, once: what is acknowledged stays so. Return whether this changed anything.

    *stream_id*: only an event of that stream. The caller commits.
    """
    settled = db.session.execute(
        update(SecurityEvent)
        .where(
            SecurityEvent.id == event_id,
            SecurityEvent.state.not_in((ACKNOWLEDGED, DROPPED, state)),
            true() if stream_id is None else SecurityEvent.stream_id == stream_id,
        )
        .values(state=state, state_at=clock.now(), error=error[:LONGEST_ERROR])
        .returning(
            SecurityEvent.account_id, SecurityEvent.client_id, SecurityEvent.type, SecurityEvent.reference
        )
    ).first()
    if settled is None:
        return False
    name = _RECORDED.get(state)
    if name is not None:
        log.record(
            name,
            account_id=settled.account_id,
            client_id=settled.client_id,
            event_id=str(event_id),
            event_type=settled.type,
            reference=settled.reference,
            error=error or None,
        )
    return True


_RECORDED = {
    ACKNOWLEDGED: EventName.SECURITY_EVENT_ACKNOWLEDGED,
    FAILED: EventName.SECURITY_EVENT_FAILED,
}


def release(
    stream: Stream,
    states: Collection[str] = (HELD,),
    *,
    limit: int = RELEASED_AT_ONCE,
    until: datetime | None = None,
) -> int:
    """Let wait again what is in *states*, oldest first, and send it where we push; return how many (at most *limit*).

    *until*: nothing that failed later: what is refused again at once must not come round for ever. The caller commits.
    """
    rows = select(SecurityEvent).where(
        SecurityEvent.stream_id == stream.id, SecurityEvent.state.in_(list(states))
    )
    if until is not None:
        rows = rows.where(or_(SecurityEvent.state != FAILED, SecurityEvent.state_at < until))
    now = clock.now()
    released = list(db.session.scalars(rows.order_by(SecurityEvent.id).limit(limit).with_for_update()))
    for event in released:
        event.state, event.state_at, event.error = WAITING, now, ""
        if stream.is_push:
            _send(stream.client_id, stream.id, event.id, event.account_id)
    db.session.flush()
    return len(released)


def send_again(event: SecurityEvent, stream: Stream) -> None:
    """Send an event that waits and that no message brings any more. The caller commits."""
    event.state_at = clock.now()
    _send(stream.client_id, stream.id, event.id, event.account_id)


def hold(stream_id: UUID) -> None:
    """Hold back what waits, until `release`. The caller commits."""
    db.session.execute(
        update(SecurityEvent)
        .where(SecurityEvent.stream_id == stream_id, SecurityEvent.state.in_((WAITING, DELIVERED)), IS_OPEN)
        .values(state=HELD, state_at=clock.now())
    )


def note_error(event_id: UUID, error: str, *, stream_id: UUID | None = None) -> None:
    """Write down why it has not arrived yet. *stream_id*: only an event of that stream. The caller commits."""
    of_stream = true() if stream_id is None else SecurityEvent.stream_id == stream_id
    db.session.execute(
        update(SecurityEvent)
        .where(SecurityEvent.id == event_id, IS_OPEN, of_stream)
        .values(error=error[:LONGEST_ERROR])
        .execution_options(synchronize_session=False)
    )


def of_stream(
    stream_id: UUID, states: Collection[str], *, before: UUID | None = None, limit: int = 100
) -> list[SecurityEvent]:
    """Return a stream's events in *states*, newest first, those older than *before*."""
    rows = (
        select(SecurityEvent)
        .where(SecurityEvent.stream_id == stream_id, SecurityEvent.state.in_(sorted(states)))
        .order_by(SecurityEvent.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(rows if before is None else rows.where(SecurityEvent.id < before)))


def drop(stream_id: UUID) -> None:
    """Let nothing of the stream wait any more. The caller commits."""
    db.session.execute(
        update(SecurityEvent)
        .where(SecurityEvent.stream_id == stream_id, IS_OPEN)
        .values(state=DROPPED, state_at=clock.now())
    )


def _send(client_id: str, stream_id: UUID, event_id: UUID, account_id: UUID | None) -> None:
    payload = {"client_id": client_id, "event_id": str(event_id)}
    # Each stream has its own share of the worker: one system that is away does not delay another of the same owner.
    message.add(PUSH_KIND, payload, account_id, receiver=f"{client_id} {stream_id}"[:200])


def _id(cause: UUID, stream_id: UUID) -> UUID:
    """Return the id of the event that follows from *cause* for a stream: in the order of causes, always the same."""
    digest = hashlib.sha256(cause.bytes + stream_id.bytes).digest()
    low = int.from_bytes(digest[:8], "big") & _LOW
    return UUID(int=(cause.int >> 64 << 64) | (0b10 << 62) | low)
