"""The row of an assisted session, and how it is found."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, String, Uuid, func, select
from sqlalchemy.orm import Mapped, mapped_column

from idp.assurance.policy import Life
from idp.db import Model, UtcDateTime, db, partial_index
from idp.level_policy import current

WAITING = "waiting"
RUNNING = "running"
ENDED = "ended"


class AssistedCase(Model):
    """One case of a clerk. It is for ``item`` at ``client_id`` and nothing else."""

    __tablename__ = "assisted_cases"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    clerk_id: Mapped[UUID] = mapped_column(Uuid)
    session_id: Mapped[UUID] = mapped_column(Uuid)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    client_id: Mapped[str] = mapped_column(String(255))
    item: Mapped[str] = mapped_column(String(64))
    organization: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10))
    presence: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    extensions: Mapped[int]
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(20))

    def dies_at(self) -> datetime:
        """Return when the case ends if nothing more happens."""
        idle = timedelta(seconds=life().idle)
        return min(self.expires_at, self.seen_at + idle) if self.status == RUNNING else self.expires_at


def life() -> Life:
    """Return how long a case lasts: what the level policy says of kiosks and agency points (domain §2)."""
    return current.get().lives.kiosk


IS_OPEN = AssistedCase.ended_at.is_(None)

Index("ix_assisted_cases_clerk", AssistedCase.clerk_id, AssistedCase.id)
Index("ix_assisted_cases_principal", AssistedCase.principal_id, AssistedCase.id)
partial_index("ix_assisted_cases_expires", AssistedCase.expires_at, where=IS_OPEN)
# One case at a time in one session of a clerk.
partial_index(
    "uq_assisted_cases_session",
    AssistedCase.session_id,
    unique=True,
    where=IS_OPEN,
)


def find(case_id: UUID, session_id: UUID) -> AssistedCase | None:
    """Return the case of that clerk's session, or None."""
    case = db.session.get(AssistedCase, case_id)
    return case if case is not None and case.session_id == session_id else None


def of_clerk(clerk_id: UUID, limit: int = 20) -> list[AssistedCase]:
    """Return the clerk's latest cases."""
    query = select(AssistedCase).where(AssistedCase.clerk_id == clerk_id).order_by(AssistedCase.id.desc())
    return list(db.session.scalars(query.limit(limit)))


def of_principal(principal_id: UUID, limit: int = 20) -> list[AssistedCase]:
    """Return the latest cases in which somebody was assisted, for their own eyes."""
    query = select(AssistedCase).where(
        AssistedCase.principal_id == principal_id, AssistedCase.started_at.is_not(None)
    )
    return list(db.session.scalars(query.order_by(AssistedCase.id.desc()).limit(limit)))


def has_run(clerk_id: UUID, session_id: UUID, client_id: str, since: datetime) -> bool:
    """Whether a case of that clerk's session ran at that site and ended after *since*."""
    return (
        db.session.execute(
            select(AssistedCase.id)
            .where(
                AssistedCase.clerk_id == clerk_id,
                AssistedCase.session_id == session_id,
                AssistedCase.client_id == client_id,
                AssistedCase.started_at.is_not(None),
                func.coalesce(AssistedCase.ended_at, AssistedCase.expires_at) >= since,
            )
            .limit(1)
        ).first()
        is not None
    )


def find_open(session_id: UUID) -> AssistedCase | None:
    """Return the case of that clerk's session that has not ended, or None."""
    return db.session.execute(
        select(AssistedCase).where(AssistedCase.session_id == session_id, IS_OPEN)
    ).scalar_one_or_none()
