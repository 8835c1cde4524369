"""The stream: which events one relying party wants, and how they reach it (SSF 1.0 §8.1.1)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text, Uuid, func, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db
from idp.errors import Conflict, NotFound
from idp.keys import field_cipher
from idp.relying_parties import relying_party_row
from idp.shared_signals.configuration import POLL, PUSH, Wanted
from idp.uuid7 import uuid7

ENABLED, PAUSED, DISABLED = "enabled", "paused", "disabled"
STATUSES = (ENABLED, PAUSED, DISABLED)
# Of one relying party: one for each of its systems, not one for each start of a system.
MOST = 10
LONGEST_REASON = 200


class Stream(Model):
    """One stream. ``endpoint_url`` is empty for poll; ``authorization_sealed`` goes with every push."""

    __tablename__ = "signal_streams"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255))
    method: Mapped[str] = mapped_column(String(20))
    endpoint_url: Mapped[str] = mapped_column(Text)
    authorization_sealed: Mapped[str | None] = mapped_column(Text)
    events_requested: Mapped[list[str]] = mapped_column(Json)
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_signal_streams_client_id", "client_id", "id"),)

    @property
    def is_push(self) -> bool:
        """Whether we bring the events; else they are fetched."""
        return self.method == PUSH

    @property
    def authorization(self) -> str | None:
        """What the receiver wants in the Authorization header of every push."""
        if self.authorization_sealed is None:
            return None
        return field_cipher.open_sealed(self.authorization_sealed, _context(self.id))

    def wants(self, event_type: str) -> bool:
        """Whether events of that type are delivered over it (``events_delivered``)."""
        return event_type in self.events_requested


def create(client_id: str, wanted: Wanted) -> Stream:
    """Make a stream; raises Conflict when the relying party has as many as it may have. The caller commits."""
    # Of several at once each counts those before it.
    relying_party_row.lock(client_id)
    if (db.session.scalar(select(func.count()).where(Stream.client_id == client_id)) or 0) >= MOST:
        raise Conflict("stream_limit", detail="too many streams; delete or change one")
    now = clock.now()
    stream = Stream(id=uuid7(), client_id=client_id, status=ENABLED, reason="", created_at=now)
    _write(stream, wanted, now)
    db.session.add(stream)
    log.record(EventName.STREAM_CREATED, client_id=client_id, stream_id=str(stream.id), method=stream.method)
    return stream


def change(stream: Stream, wanted: Wanted) -> None:
    """Let *stream* be as *wanted* from now on. The caller commits."""
    _write(stream, wanted, clock.now())
    log.record(
        EventName.STREAM_UPDATED, client_id=stream.client_id, stream_id=str(stream.id), method=stream.method
    )


def delete(stream: Stream) -> None:
    """Forget *stream*; what it had still to hear is dropped (`security_event.drop`). The caller commits."""
    db.session.delete(stream)
    log.record(EventName.STREAM_DELETED, client_id=stream.client_id, stream_id=str(stream.id))


def note_status(stream: Stream, status: str, reason: str) -> None:
    """Write the status down; what follows from it is `status.set_status`'s part."""
    stream.status, stream.reason, stream.updated_at = status, reason[:LONGEST_REASON], clock.now()
    log.record(
        EventName.STREAM_STATUS_CHANGED, client_id=stream.client_id, stream_id=str(stream.id), status=status
    )


def find(stream_id: UUID, *, lock: bool = False) -> Stream | None:
    """Return the stream, or None; with *lock* held until the commit."""
    return db.session.get(Stream, stream_id, with_for_update=lock or None, populate_existing=lock)


def get(stream_id: object, client_id: str, *, lock: bool = False) -> Stream:
    """Return that stream of that relying party; raises NotFound, for another's too."""
    try:
        found = find(UUID(stream_id), lock=lock) if isinstance(stream_id, str) else None
    except ValueError:
        found = None
    if found is None or found.client_id != client_id:
        raise NotFound("stream_unknown", detail="no such stream of this client")
    return found


def of_client(client_id: str) -> list[Stream]:
    """Return a relying party's streams, oldest first."""
    return of_clients([client_id])


def of_clients(client_ids: Collection[str]) -> list[Stream]:
    """Return the streams of several relying parties in one query."""
    rows = select(Stream).where(Stream.client_id.in_(sorted(client_ids))).order_by(Stream.id)
    return list(db.session.scalars(rows))


def page(after: UUID | None = None, limit: int = 100) -> list[Stream]:
    """Return streams of all relying parties, oldest first, those behind *after*."""
    rows = select(Stream).order_by(Stream.id).limit(limit)
    return list(db.session.scalars(rows if after is None else rows.where(Stream.id > after)))


def _write(stream: Stream, wanted: Wanted, now: datetime) -> None:
    stream.method = PUSH if wanted.endpoint_url else POLL
    stream.endpoint_url = wanted.endpoint_url
    sealed = wanted.authorization and field_cipher.seal(wanted.authorization, _context(stream.id))
    stream.authorization_sealed = sealed or None
    stream.events_requested = list(wanted.events_requested)
    stream.description = wanted.description
    stream.updated_at = now


def _context(stream_id: UUID) -> str:
    return f"signal_streams.authorization:{stream_id}"
