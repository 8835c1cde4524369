"""What officials did and looked at, found by division: the audit events themselves, listed below each division.

An index beside the audit log, written in the same transaction. The event names the official as its actor; here it is
filed under the division it was about and every one above, so that an audit administrator reads by key.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from idp.audit import log
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.db import Model, db
from idp.operators import appointing
from idp.operators import post as posts
from idp.operators.post import Post


class OfficialEvent(Model):
    """One event under one division. ``account_id`` is the official's."""

    __tablename__ = "official_events"

    division_code: Mapped[str] = mapped_column(String(12), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)

    __table_args__ = (Index("ix_official_events_account_id_event_id", "account_id", "event_id"),)


@contextmanager
def acting(by: Post, division_code: str | None = None) -> Iterator[None]:
    """Put what is done in this block on record as done by *by*, in that division (else in the official's own)."""
    with log.acting(appointing.actor(by)) as heard:
        yield
    codes = posts.path_of(division_code or by.division_code)
    db.session.add_all(
        OfficialEvent(division_code=code, event_id=event_id, account_id=by.account_id)
        for event_id in heard
        for code in codes
    )


def viewed(what: str, *, account_id: UUID | None = None, reason: str = "", **data: Any) -> None:
    """Note in an `acting` block that an official looked at something: which page, about whom, why."""
    log.record(EventName.CONSOLE_VIEWED, account_id=account_id, page=what, reason=reason or None, **data)


def decided(act: str, *, account_id: UUID, reason: str, **data: Any) -> None:
    """Note in an `acting` block what an official decided, and the reason given."""
    log.record(EventName.CASE_DECIDED, account_id=account_id, act=act, reason=reason, **data)


def in_division(division_code: str, *, before: UUID | None = None, limit: int = 50) -> Sequence[AuditEvent]:
    """Return what officials did in and below a division, newest first; *before* is the last id of the page before."""
    ids = select(OfficialEvent.event_id).where(OfficialEvent.division_code == division_code)
    if before is not None:
        ids = ids.where(OfficialEvent.event_id < before)
    wanted = db.session.scalars(ids.order_by(OfficialEvent.event_id.desc()).limit(limit)).all()
    if not wanted:
        return []
    found = select(AuditEvent).where(AuditEvent.id.in_(wanted)).order_by(AuditEvent.id.desc())
    return db.session.scalars(found).all()
