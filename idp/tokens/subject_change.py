"""When a person is met again under earlier subjects: sites that know them by the short-lived one are logged out.

Otherwise one person would stand at a site under two subjects at once. The session itself goes on; the next login at
such a site brings the earlier subject.
"""

from uuid import UUID

from sqlalchemy import or_, select

from idp.accounts import subject
from idp.db import commit, db
from idp.outbox.message import OutboxMessage
from idp.relying_parties import cache
from idp.relying_parties.relying_party import PUBLIC
from idp.sessions import logout, participant
from idp.sessions import session as sessions
from idp.tokens import grant as grants
from idp.tokens.grant import Grant

REASON = "subject_changed"


def handle(message: OutboxMessage) -> None:
    """End what stands under the old subject (a handler of the outbox; twice does no harm)."""
    if message.account_id is None:
        return
    old = UUID(message.payload["old"])
    for session in sessions.live_sessions(message.account_id, idle_too=True):
        for one in participant.of_session(session.id):
            if one.sub == _known_as(old, one.client_id):
                logout.leave(session, one.client_id)
    whose = or_(Grant.account_id == message.account_id, Grant.principal_id == message.account_id)
    held = db.session.scalars(select(Grant).where(whose, Grant.revoked_at.is_(None))).all()
    ended = [grants.revoke(one.id, REASON) for one in held if one.sub == _known_as(old, one.client_id)]
    commit()
    for grant in ended:
        if grant is not None:
            grants.forget(grant)


def _known_as(subject_id: UUID, client_id: str) -> str | None:
    """Return under which subject that site knew the person; None for a site that is registered no more."""
    rp = cache.find(client_id)
    if rp is None:
        return None
    if rp.subject_type == PUBLIC:
        return subject.public(subject_id)
    return subject.pairwise(subject_id, rp.sector)
