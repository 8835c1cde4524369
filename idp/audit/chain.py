"""The hash chain: every event gets a place and a hash over itself and the one before; its end is signed.

``hash(n) = SHA-256(hash(n-1) || n || event)``. Each run of the sealer ends with a signed checkpoint, so that
who changes, removes or reorders events, or cuts the end off, must also forge a signature. Who can delete both
events and checkpoints can cut the log back to an older checkpoint: checkpoints are therefore logged too, and
`verify` takes one that was kept elsewhere as an anchor.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import BigInteger, LargeBinary, Text, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, logs
from idp.audit.log import AuditEvent
from idp.db import Model, UtcDateTime, commit, db

BATCH = 1000
BEGINNING = bytes(32)
# An event this old that still has no place means that the sealer does not run, or that somebody took it out.
UNSEALED_SECONDS = 600

_log = logs.get(__name__)


class AuditCheckpoint(Model):
    """The signed end of the chain at one moment."""

    __tablename__ = "audit_checkpoints"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    chain_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True)
class Anchor:
    """The end of the chain as somebody wrote it down elsewhere."""

    position: int
    chain_hash: bytes


def seal(sign: Callable[[bytes], str], limit: int = BATCH) -> int:
    """Give the oldest events without a place their place and hash, sign the end, commit; return how many.

    Two sealers cannot both win: places are unique, and the one that comes second rolls back and returns 0.
    """
    events = db.session.scalars(
        select(AuditEvent).where(AuditEvent.chain_position.is_(None)).order_by(AuditEvent.id).limit(limit)
    ).all()
    if not events:
        db.session.rollback()
        return 0
    position, chain_hash = _end()
    places = []
    for event in events:
        position += 1
        chain_hash = digest(chain_hash, position, event)
        places.append({"id": event.id, "chain_position": position, "chain_hash": chain_hash})
    db.session.add(
        AuditCheckpoint(
            position=position,
            at=clock.now(),
            chain_hash=chain_hash,
            signature=sign(statement(position, chain_hash)),
        )
    )
    try:
        db.session.execute(update(AuditEvent), places)
        commit()
    except IntegrityError:
        db.session.rollback()
        return 0
    _log.info("audit checkpoint", position=position, chain_hash=chain_hash.hex())
    return len(places)


def verify(check_signature: Callable[[bytes, str], bool], anchor: Anchor | None = None) -> Iterator[str]:
    """Walk the whole chain and yield one line for each thing wrong, naming the event or the place."""
    position, chain_hash = 0, BEGINNING
    checkpoints = {row.position: row for row in db.session.scalars(select(AuditCheckpoint)).all()}
    for event in _sealed():
        place = event.chain_position or 0
        if place != position + 1:
            yield f"places {position + 1} to {place - 1} are missing before event {event.id}"
        elif digest(chain_hash, place, event) != event.chain_hash:
            yield f"event {event.id} at place {place} was changed, or another stood there"
        position, chain_hash = place, event.chain_hash or BEGINNING
        yield from _check_checkpoint(checkpoints.pop(position, None), chain_hash, check_signature)
        if anchor is not None and anchor.position == position and anchor.chain_hash != chain_hash:
            yield f"place {position} does not have the hash that was written down elsewhere"
    if checkpoints:
        yield f"the chain ends at place {position}, but its end was signed at place {max(checkpoints)}"
    if position and position not in _checkpointed(position):
        yield f"the end of the chain at place {position} has no signature"
    if anchor is not None and anchor.position > position:
        yield f"the chain ends at place {position}, but place {anchor.position} was written down elsewhere"
    yield from _forgotten()
    db.session.rollback()


def end() -> Anchor:
    """Return the present end of the chain, to be written down elsewhere."""
    return Anchor(*_end())


def statement(position: int, chain_hash: bytes) -> bytes:
    """Return what is signed at a checkpoint."""
    return f"tongxing audit checkpoint {position} {chain_hash.hex()}".encode()


def digest(before: bytes, position: int, event: AuditEvent) -> bytes:
    """Return the hash of *event* at *position* after the hash *before*."""
    content = [
        position,
        str(event.id),
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.name,
        _plain(event.account_id),
        event.client_id,
        _plain(event.session_id),
        event.actor,
        event.trace_id,
        event.data,
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(before + text.encode()).digest()


def _plain(value: object) -> str | None:
    return None if value is None else str(value)


def _end() -> tuple[int, bytes]:
    last = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.chain_position.is_not(None))
        .order_by(AuditEvent.chain_position.desc())
        .limit(1)
    ).first()
    return (last.chain_position or 0, last.chain_hash or BEGINNING) if last else (0, BEGINNING)


def _sealed() -> Iterator[AuditEvent]:
    after = 0
    while True:
        page = db.session.scalars(
            select(AuditEvent)
            .where(AuditEvent.chain_position > after)
            .order_by(AuditEvent.chain_position)
            .limit(BATCH)
        ).all()
        for event in page:
            after = event.chain_position or 0
            yield event
        db.session.expunge_all()
        if len(page) < BATCH:
            return


def _check_checkpoint(
    checkpoint: AuditCheckpoint | None, chain_hash: bytes, check_signature: Callable[[bytes, str], bool]
) -> Iterator[str]:
    if checkpoint is None:
        return
    if checkpoint.chain_hash != chain_hash:
        yield f"place {checkpoint.position} does not have the hash that was signed"
    if not check_signature(statement(checkpoint.position, checkpoint.chain_hash), checkpoint.signature):
        yield f"the signature at place {checkpoint.position} is not ours"


def _checkpointed(position: int) -> set[int]:
    return set(
        db.session.scalars(select(AuditCheckpoint.position).where(AuditCheckpoint.position == position))
    )


def _forgotten() -> Iterator[str]:
    unsealed = (AuditEvent.chain_position.is_(None), AuditEvent.chain_hash.is_not(None))
    for event_id in db.session.scalars(select(AuditEvent.id).where(*unsealed).limit(BATCH)):
        yield f"event {event_id} lost its place"
    oldest = db.session.scalar(select(func.min(AuditEvent.at)).where(AuditEvent.chain_position.is_(None)))
    if oldest is not None and (clock.now() - oldest).total_seconds() > UNSEALED_SECONDS:
        yield f"events since {oldest.isoformat()} are not sealed: does idp worker run?"
