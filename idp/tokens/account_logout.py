"""Logging an account out of everything: every session, and offline access too."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from idp.db import commit, db
from idp.linking import linked_account
from idp.outbox.message import OutboxMessage
from idp.sessions import logout
from idp.sessions import session as sessions
from idp.tokens import grant as grants
from idp.tokens.grant import Grant


def end_all(
    account_id: UUID, reason: str, *, kept: UUID | None = None, before: datetime | None = None
) -> int:
    """End every session of the account but *kept*, tell the sites, revoke offline access; return how many sessions.

    *before*: only what began until then, for a message that may arrive late.
    However many there are: in steps, each committed, so that neither memory nor one transaction grows with them.
    """
    ended = 0
    while batch := [
        one for one in sessions.live_sessions(account_id, before=before, idle_too=True) if one.id != kept
    ]:
        for session in batch:
            logout.end(session, reason)
        commit()
        for session in batch:
            logout.forget(session)
        ended += len(batch)
    offline = db.session.scalars(
        select(Grant.id).where(
            Grant.account_id == account_id,
            Grant.bound.is_(False),
            Grant.revoked_at.is_(None),
            *([] if before is None else [Grant.created_at <= before]),
        )
    ).all()
    revoked = [grants.revoke(grant_id, reason) for grant_id in offline]
    commit()
    for grant in revoked:
        if grant is not None:
            grants.forget(grant)
    return ended


def after_recovery(message: OutboxMessage) -> None:
    """End what began before an account was recovered (a handler of the outbox; twice does no harm)."""
    _end_earlier(message, "recovered")


def after_phone_restored(message: OutboxMessage) -> None:
    """End what began before the phone number was given back (a handler of the outbox; twice does no harm)."""
    _end_earlier(message, "phone_restored")


def after_takeover(message: OutboxMessage) -> None:
    """End what began before the account lost its identity (a handler of the outbox; twice does no harm).

    The links to older accounts too: whoever made them may be the one who took the name away.
    """
    if message.account_id is not None:
        linked_account.end_all(message.account_id, before=datetime.fromisoformat(message.payload["before"]))
    _end_earlier(message, "identity_lost")


def _end_earlier(message: OutboxMessage, reason: str) -> None:
    if message.account_id is not None:
        before = datetime.fromisoformat(message.payload["before"])
        end_all(message.account_id, reason, before=before)
