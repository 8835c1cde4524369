"""Which relying parties a session has logged in to: those are told when it ends (OIDC Back-Channel Logout §2.2)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, Uuid, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.db import Model, UtcDateTime, db, upsert


class Participant(Model):
    """One relying party in one session, known there under ``sub``.

    ``identity``: as whom the person went on there last, ``self`` or the id of a mandate.
    """

    __tablename__ = "session_participants"

    session_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    sub: Mapped[str] = mapped_column(String(255))
    identity: Mapped[str] = mapped_column(String(36), server_default="self")
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)


def add(session_id: UUID, client_id: str, sub: str, identity: str = "self") -> None:
    """Note that this session logged in there, and as whom; a second time only who it was."""
    key = {"session_id": session_id, "client_id": client_id}
    upsert(Participant, key, {"sub": sub, "identity": identity}, once={"first_at": clock.now()})


def find_identity(session_id: UUID, client_id: str) -> str | None:
    """Return as whom the person went on there last in this session, or None."""
    query = select(Participant.identity).where(
        Participant.session_id == session_id, Participant.client_id == client_id
    )
    return db.session.execute(query).scalar_one_or_none()


def of_session(session_id: UUID) -> list[Participant]:
    """Return the session's participants in the order of their first login."""
    return of_sessions([session_id]).get(session_id, [])


def of_sessions(session_ids: Iterable[UUID]) -> dict[UUID, list[Participant]]:
    """Return the participants of several sessions in one query."""
    rows = db.session.execute(
        select(Participant)
        .where(Participant.session_id.in_(list(session_ids)))
        .order_by(Participant.first_at)
    ).scalars()
    found: dict[UUID, list[Participant]] = {}
    for row in rows:
        found.setdefault(row.session_id, []).append(row)
    return found


def remove(session_id: UUID, client_id: str) -> None:
    """Forget one participant: the person logged out there only."""
    db.session.execute(
        delete(Participant).where(Participant.session_id == session_id, Participant.client_id == client_id)
    )
