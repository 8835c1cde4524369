"""Forgetting sessions that ended long ago, with their participants (a job of the worker)."""

from datetime import timedelta

from sqlalchemy import delete, or_, select

from idp import clock
from idp.db import db
from idp.sessions.participant import Participant
from idp.sessions.session import Session

# People look here for "was that me?"; the audit log keeps the event for much longer.
KEPT = timedelta(days=90)
SWEEP_ROWS = 1000


def sweep() -> int:
    """Delete some of the sessions that ended or expired before KEPT; return how many. The caller commits."""
    before = clock.now() - KEPT
    old = (
        select(Session.id)
        .where(or_(Session.ended_at < before, Session.expires_at < before))
        .limit(SWEEP_ROWS)
    )
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(Participant).where(Participant.session_id.in_(ids)))
        db.session.execute(delete(Session).where(Session.id.in_(ids)))
    return len(ids)
