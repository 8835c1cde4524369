"""Whom a receiver wants to hear nothing of (SSF 1.0 §8.1.3): every stream has all its people, except these.

What a receiver names is a subject of its own; whether somebody stands behind it is never said (§9.1).
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Uuid, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.db import Model, UtcDateTime, db, insert_if_absent
from idp.errors import Conflict, InvalidInput
from idp.settings import SETTINGS
from idp.shared_signals.stream import Stream

# Of one stream: whoever wants to hear of few people asks for few events.
MOST = 100_000
# Our subjects, pairwise or public (accounts/subject.py).
_SUB = re.compile(r"[A-Za-z0-9_-]{43}")


class RemovedSubject(Model):
    """One subject of one stream that its receiver took away."""

    __tablename__ = "signal_removed_subjects"

    stream_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    sub: Mapped[str] = mapped_column(String(255), primary_key=True)
    removed_at: Mapped[datetime] = mapped_column(UtcDateTime)


def read(subject: object) -> str | None:
    """Return the ``sub`` of a subject identifier, None when it is nobody's we could know; raises InvalidInput."""
    if not isinstance(subject, Mapping) or not isinstance(subject.get("format"), str):
        raise InvalidInput("invalid_request", detail="subject must be a subject identifier with a format")
    if subject["format"] != "iss_sub":
        raise InvalidInput("invalid_request", detail="subject.format must be iss_sub")
    sub: Any = subject.get("sub")
    if not isinstance(sub, str) or not isinstance(subject.get("iss"), str):
        raise InvalidInput("invalid_request", detail="subject must have iss and sub")
    return sub if subject["iss"] == SETTINGS.get().issuer and _SUB.fullmatch(sub) else None


def remove(stream: Stream, sub: str) -> None:
    """Let *stream* hear nothing of that subject; raises Conflict when that are too many. The caller commits."""
    some = select(RemovedSubject.sub).where(RemovedSubject.stream_id == stream.id).limit(MOST).subquery()
    if (db.session.scalar(select(func.count()).select_from(some)) or 0) >= MOST:
        raise Conflict("subject_limit", detail="too many subjects; ask for fewer event types instead")
    insert_if_absent(RemovedSubject, stream_id=stream.id, sub=sub, removed_at=clock.now())


def add(stream: Stream, sub: str) -> None:
    """Let *stream* hear of that subject again. The caller commits."""
    db.session.execute(
        delete(RemovedSubject).where(RemovedSubject.stream_id == stream.id, RemovedSubject.sub == sub)
    )


def forget(stream_id: UUID) -> None:
    """Forget every subject of a stream that is deleted. The caller commits."""
    db.session.execute(delete(RemovedSubject).where(RemovedSubject.stream_id == stream_id))


def of_streams(stream_ids: Collection[UUID], subs: Collection[str]) -> set[tuple[UUID, str]]:
    """Return which of *subs* are removed from which of the streams, in one query."""
    rows = select(RemovedSubject.stream_id, RemovedSubject.sub).where(
        RemovedSubject.stream_id.in_(list(stream_ids)), RemovedSubject.sub.in_(sorted(subs))
    )
    return {(row.stream_id, row.sub) for row in db.session.execute(rows)}
