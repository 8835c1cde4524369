"""The row of a recovery: its states, what time alone changes in them, and how it is found.

Every page of a recovery reads it; what moves it from state to state is `recovery`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.authenticators import recovery_ticket
from idp.db import Json, Model, UtcDateTime, db, partial_index

COUNTER = "counter"
WAITING = "waiting"
COMPLETED = "completed"
STOPPED = "stopped"
EXPIRED = "expired"

KEPT = timedelta(days=90)
SWEEP_ROWS = 1000


class Recovery(Model):
    """One attempt. Open while ``ended_at`` is null; ``lost``: the other ways of signing in are to be removed too.

    ``phone_sealed``: a number that the account does not have yet and gets with the new password.
    """

    __tablename__ = "recoveries"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    ticket_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    stop_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    proofs: Mapped[list[str]] = mapped_column(Json)
    lost: Mapped[bool]
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def stands(self, now: datetime) -> str:
        """Return the state, with what only time has changed."""
        return EXPIRED if self.ended_at is None and now >= self.expires_at else self.state

    def is_ready(self, now: datetime) -> bool:
        """Whether the waiting is over and it may be completed."""
        return self.stands(now) == WAITING and self.ready_at is not None and now >= self.ready_at


IS_OPEN = Recovery.ended_at.is_(None)
partial_index("uq_recoveries_open", Recovery.account_id, unique=True, where=IS_OPEN)
Index("ix_recoveries_expires_at", Recovery.expires_at)


def find(recovery_id: UUID) -> Recovery | None:
    """Return the recovery, as the database has it."""
    return db.session.get(Recovery, recovery_id, populate_existing=True)


def find_by_ticket(typed: str) -> Recovery | None:
    """Return the recovery of that ticket, however it was typed, or None."""
    digest = recovery_ticket.find_digest(typed)
    if digest is None:
        return None
    wanted = select(Recovery).where(Recovery.ticket_digest == digest)
    return db.session.scalars(wanted).one_or_none()


def find_by_stop(token: str) -> Recovery | None:
    """Return the recovery that the address in a notice is about, or None."""
    wanted = select(Recovery).where(Recovery.stop_digest == recovery_ticket.stop_digest(token))
    return db.session.scalars(wanted).one_or_none()


def end(recovery_id: UUID, state: str, now: datetime) -> bool:
    """End an open one in *state*; of many callers one gets True."""
    ended = db.session.execute(
        update(Recovery)
        .where(Recovery.id == recovery_id, IS_OPEN)
        .values(state=state, ended_at=now)
        .returning(Recovery.id)
    ).first()
    return ended is not None


def sweep() -> None:
    """End what nobody completed in time, and delete some of what ended long ago (a job of the worker)."""
    now = clock.now()
    late = select(Recovery).where(IS_OPEN, Recovery.expires_at <= now).limit(SWEEP_ROWS)
    for one in db.session.scalars(late).all():
        end(one.id, EXPIRED, now)
    old = select(Recovery.id).where(Recovery.ended_at.is_not(None), Recovery.expires_at <= now - KEPT)
    ids = db.session.scalars(old.limit(SWEEP_ROWS)).all()
    db.session.execute(delete(Recovery).where(Recovery.id.in_(ids)))
