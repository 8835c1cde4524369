"""When an account's standing falls, or a mandate ends: what was given on it is narrowed or revoked within seconds.

Handlers of outbox messages, so that whoever changed the standing need not know what hangs on it, and a crash in
between loses nothing. Grants go by in batches: neither memory nor one transaction grows with their number.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement

from idp import clock
from idp.accounts import account as accounts
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit
from idp.outbox.message import OutboxMessage
from idp.sessions import revocation
from idp.tokens import account_logout, present_levels
from idp.tokens import grant as grants
from idp.tokens.grant import Grant
from idp.tokens.levels import Levels


def standing_changed(message: OutboxMessage) -> None:
    """Narrow what the account's grants say of its level; end everything of an account that may not be used any more."""
    account = accounts.find(UUID(message.payload["account_id"]))
    if account is None:
        return
    if account.status != accounts.ACTIVE:
        reason = f"account_{account.status}"
        account_logout.end_all(account.id, reason)
        _revoke_all(Grant.principal_id == account.id, reason)
        return
    for batch in grants.in_batches(Grant.account_id == account.id):
        lowered, revoked = [], []
        for grant in batch:
            left = present_levels.find(grant, account)
            if left is None:
                revoked.append(grants.revoke(grant.id, "level_lowered"))
            elif left != grant.levels:
                narrow(grant, left)
                lowered.append(grant)
        commit()
        _forget(revoked)
        for grant in lowered:
            revocation.revoke(grant.family, str(grant.id), issued_until=clock.timestamp())


def mandate_ended(message: OutboxMessage) -> None:
    """Revoke what was given under the mandate."""
    _revoke_all(Grant.mandate_id == UUID(message.payload["mandate_id"]), "mandate_ended")


def assisted_case_ended(message: OutboxMessage) -> None:
    """Revoke what was given to the clerk's session for the person who was assisted."""
    session_id, principal_id = (UUID(message.payload[name]) for name in ("session_id", "principal_id"))
    _revoke_all(
        (Grant.session_id == session_id) & (Grant.principal_id == principal_id), "assisted_case_ended"
    )


def narrow(grant: Grant, left: Levels) -> None:
    """Write down that the grant says no more than *left* from now on. The caller commits."""
    log.record(
        EventName.GRANT_NARROWED,
        account_id=grant.account_id,
        client_id=grant.client_id,
        grant_id=str(grant.id),
        acr_before=grant.levels.acr,
        acr=left.acr,
    )
    grant.levels_json = left.to_json()


def _revoke_all(which: ColumnElement[bool], reason: str) -> None:
    for batch in grants.in_batches(which):
        revoked = [grants.revoke(grant.id, reason) for grant in batch]
        commit()
        _forget(revoked)


def _forget(revoked: Iterable[Grant | None]) -> None:
    for grant in revoked:
        if grant is not None:
            grants.forget(grant)
