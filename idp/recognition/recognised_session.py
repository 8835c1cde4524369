"""Which sessions rest on a login at another province's provider: what both sides need to know at logout."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, String, Text, Uuid, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.db import Model, UtcDateTime, db, upsert
from idp.keys import field_cipher

MOST = 200
SWEEP_ROWS = 1000
# No session lives for longer (`idp.assurance.policy_file.LONGEST_LIFE`).
KEPT = timedelta(days=366)


class RecognisedSession(Model):
    """One session here and there. ``sid``: the other side's name of it, empty when it gave none."""

    __tablename__ = "recognised_sessions"

    session_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    issuer: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(255))
    sid: Mapped[str] = mapped_column(String(255))
    # The hint for its end_session_endpoint (OpenID Connect RP-Initiated Logout 1.0 §2).
    id_token_sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_recognised_sessions_account_id", "account_id"),
        Index("ix_recognised_sessions_subject", "issuer", "subject"),
        Index("ix_recognised_sessions_created_at", "created_at"),
    )

    @property
    def id_token(self) -> str:
        """What the other side said of this login."""
        return field_cipher.open_sealed(self.id_token_sealed, _context(self.session_id))


def note(session_id: UUID, account_id: UUID, *, issuer: str, subject: str, sid: str, id_token: str) -> None:
    """Remember on which login there a session here rests; a newer login takes the place of the one before."""
    values = {
        "account_id": account_id,
        "issuer": issuer,
        "subject": subject,
        "sid": sid,
        "id_token_sealed": field_cipher.seal(id_token, _context(session_id)),
        "created_at": clock.now(),
    }
    upsert(RecognisedSession, {"session_id": session_id}, values)


def find(session_id: UUID) -> RecognisedSession | None:
    """Return the login there that a session here rests on, or None."""
    return db.session.get(RecognisedSession, session_id)


def of_subject(issuer: str, subject: str, sid: str) -> Sequence[RecognisedSession]:
    """Return what rests on these logins: of the person, and with *sid* of that one session there."""
    wanted = select(RecognisedSession).where(RecognisedSession.issuer == issuer)
    if subject:
        wanted = wanted.where(RecognisedSession.subject == subject)
    if sid:
        wanted = wanted.where(RecognisedSession.sid == sid)
    ordered = wanted.order_by(RecognisedSession.created_at.desc(), RecognisedSession.session_id)
    return db.session.scalars(ordered.limit(MOST)).all()


def succeed(session_id: UUID, follower_id: UUID) -> None:
    """Let the session that takes the place of another rest on the same login."""
    row = find(session_id)
    if row is not None:
        said = {"issuer": row.issuer, "subject": row.subject, "sid": row.sid, "id_token": row.id_token}
        note(follower_id, row.account_id, **said)


def next_issuer(after: str) -> str | None:
    """Return the provider behind *after* on whose logins something rests, or None. One step in an index."""
    issuers = select(func.min(RecognisedSession.issuer)).where(RecognisedSession.issuer > after)
    return db.session.execute(issuers).scalar_one()


def of_issuer(issuer: str) -> Sequence[RecognisedSession]:
    """Return some of what rests on logins there."""
    wanted = select(RecognisedSession).where(RecognisedSession.issuer == issuer)
    return db.session.scalars(wanted.order_by(RecognisedSession.subject).limit(MOST)).all()


def forget(session_ids: Collection[UUID]) -> None:
    """Remember no more on which logins these sessions rest."""
    db.session.execute(delete(RecognisedSession).where(RecognisedSession.session_id.in_(session_ids)))


def sweep() -> None:
    """Forget some of the logins on which no session can rest any more (a job of the worker)."""
    before = clock.now() - KEPT
    old = select(RecognisedSession.session_id).where(RecognisedSession.created_at < before).limit(SWEEP_ROWS)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(RecognisedSession).where(RecognisedSession.session_id.in_(ids)))


def _context(session_id: UUID) -> str:
    return f"recognised_sessions.id_token:{session_id}"
