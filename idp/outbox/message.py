"""A message to somebody else, as a row: added with its cause, neither stands without the other."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, and_, event
from sqlalchemy.orm import Mapped, Session, mapped_column

from idp import clock
from idp.db import Json, Model, UtcDateTime, db, partial_index
from idp.uuid7 import uuid7

# Set when a transaction with messages was committed in this process, so that a worker here wakes at once.
ADDED = threading.Event()


class DeliveryFailed(Exception):
    """A handler could not deliver; *retry* says whether trying again can help."""

    def __init__(self, *, retry: bool, reason: str) -> None:
        super().__init__(reason)
        self.retry = retry
        self.reason = reason


class OutboxMessage(Model):
    """One message. Neither delivered nor dead: still to be tried at ``next_attempt_at``.

    A worker that takes it up moves ``next_attempt_at`` into the future; when that worker dies, it is due
    again.
    """

    __tablename__ = "outbox_messages"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    receiver: Mapped[str] = mapped_column(String(200))
    account_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(String(300), default="")


IS_PENDING = and_(OutboxMessage.delivered_at.is_(None), OutboxMessage.dead_at.is_(None))

partial_index(
    "ix_outbox_messages_due",
    OutboxMessage.next_attempt_at,
    where=IS_PENDING,
)
Index("ix_outbox_messages_account", OutboxMessage.account_id, OutboxMessage.id)

Handler = Callable[[OutboxMessage], None]
"""Delivers one message, or raises DeliveryFailed. Runs in an application context; what it adds to the session
is committed together with the success. It must not hold a transaction open while it waits for the network."""
TogetherHandler = Callable[[Sequence[OutboxMessage]], None]
"""Does the same for several of a kind, in one transaction with all their successes; for kinds that ask no other
system. When it raises, nothing of it stands, and each message is handled alone."""


def add(
    kind: str, payload: dict[str, Any], account_id: UUID | None = None, *, receiver: str | None = None
) -> OutboxMessage:
    """Add a message to the present transaction.

    *receiver* (by default the payload's client_id) names who hears it: one that is slow delays only its own.
    """
    now = clock.now()
    message = OutboxMessage(
        id=uuid7(),
        kind=kind,
        receiver=receiver if receiver is not None else str(payload.get("client_id", "")),
        account_id=account_id,
        payload=payload,
        created_at=now,
        next_attempt_at=now,
        attempts=0,
        last_error="",
    )
    db.session.add(message)
    db.session.info["outbox_added"] = True
    return message


@event.listens_for(Session, "after_commit")
def _tell_worker(session: Session) -> None:
    if session.info.pop("outbox_added", False):
        ADDED.set()
