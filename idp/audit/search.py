"""Looking events up for operators: by account, relying party, name or time; newest first, paged by key."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from idp.audit.log import AuditEvent
from idp.db import db

PAGE = 1000


def find(
    *,
    account_id: UUID | None = None,
    client_id: str | None = None,
    name: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    limit: int = 100,
) -> Sequence[AuditEvent]:
    """Return at most *limit* events, newest first; *before* is the id of the last one of the page before."""
    wanted = select(AuditEvent)
    for column, value in (
        (AuditEvent.account_id, account_id),
        (AuditEvent.client_id, client_id),
        (AuditEvent.name, name),
    ):
        if value is not None:
            wanted = wanted.where(column == value)
    if since is not None:
        wanted = wanted.where(AuditEvent.at >= since)
    if until is not None:
        wanted = wanted.where(AuditEvent.at < until)
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    return db.session.scalars(wanted.order_by(AuditEvent.id.desc()).limit(limit)).all()


def everything() -> Iterator[AuditEvent]:
    """Yield every event, oldest first, a page in memory at a time."""
    after: UUID | None = None
    while True:
        wanted = select(AuditEvent).order_by(AuditEvent.id).limit(PAGE)
        page = db.session.scalars(wanted if after is None else wanted.where(AuditEvent.id > after)).all()
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id
        db.session.expunge_all()


def as_json(event: AuditEvent) -> dict[str, Any]:
    """Return *event* as it is exported: everything that is under its hash, its place, its hash."""
    return {
        "id": str(event.id),
        "at": event.at.isoformat(),
        "name": event.name,
        "account_id": None if event.account_id is None else str(event.account_id),
        "client_id": event.client_id,
        "session_id": None if event.session_id is None else str(event.session_id),
        "actor": event.actor,
        "trace_id": event.trace_id,
        "data": event.data,
        "chain_position": event.chain_position,
        "chain_hash": None if event.chain_hash is None else event.chain_hash.hex(),
    }
