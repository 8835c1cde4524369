"""When an account's standing falls, or a mandate ends: what was given on it is narrowed or revoked within seconds.

Handlers of outbox messages, so that whoever changed the standing need not know what hangs on it, and a crash in
between loses nothing. Grants go by in batches: neither memory nor one transaction grows with their number.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.assurance import acr, session_level
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit, db
from idp.level_policy import current
from idp.mandates.mandate import Mandate
from idp.outbox.message import OutboxMessage
from idp.sessions import revocation, standing
from idp.tokens import account_logout
from idp.tokens import grant as grants
from idp.tokens.grant import Grant
from idp.tokens.levels import Levels

BATCH = 200
NIL = UUID(int=0)


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
    for batch in _batches(Grant.account_id == account.id):
        lowered = [grant for grant in batch if _narrow(grant, account)]
        commit()
        for grant in lowered:
            revocation.revoke(grant.family, str(grant.id), issued_until=clock.timestamp())


def mandate_ended(message: OutboxMessage) -> None:
    """Revoke what was given under the mandate."""
    _revoke_all(Grant.mandate_id == UUID(message.payload["mandate_id"]), "mandate_ended")


def narrowed(levels: Levels, possible: int) -> Levels | None:
    """Return *levels* for a session that is worth *possible* now; None when the site must not go on with that. Pure.

    Never silently lowered: what was asked for has to be met still, by the published rule (docs/levels.md).
    """
    if possible < levels.floor:
        return None
    if not levels.asked:
        return levels.lowered(acr.of(possible))
    known = ((name, acr.find(name)) for name in levels.asked)
    met = next((name for name, level in known if level is not None and level <= possible), None)
    return None if met is None else levels.lowered(met)


def _narrow(grant: Grant, account: Account) -> bool:
    """Lower what the grant says, or revoke it; return whether anything had to change."""
    levels, policy = grant.levels, current.get()
    if acr.find(levels.acr) is None:
        return False  # an assisted session is comparable with no level
    proofing = standing.proofing(policy, account, clock.now())
    if grant.mandate_id is not None and (mandate := db.session.get(Mandate, grant.mandate_id)) is not None:
        proofing = min(proofing, mandate.level)
    possible = session_level.of(policy, proofing, levels.aal)
    if possible >= levels.level and proofing >= levels.ial:
        return False
    left = narrowed(levels, min(possible, levels.level))
    if left is None:
        grants.revoke(grant.id, "level_lowered")
        return True
    grant.levels_json = left.with_ial(min(proofing, levels.ial)).to_json()
    log.record(
        EventName.GRANT_NARROWED,
        account_id=account.id,
        client_id=grant.client_id,
        grant_id=str(grant.id),
        acr_before=levels.acr,
        acr=left.acr,
    )
    return True


def _revoke_all(which: ColumnElement[bool], reason: str) -> None:
    for batch in _batches(which):
        revoked = [grants.revoke(grant.id, reason) for grant in batch]
        commit()
        for grant in revoked:
            if grant is not None:
                grants.forget(grant)


def _batches(which: ColumnElement[bool]) -> Iterator[list[Grant]]:
    last = NIL
    while True:
        query = (
            select(Grant)
            .where(which, Grant.revoked_at.is_(None), Grant.id > last)
            .order_by(Grant.id)
            .limit(BATCH)
        )
        batch = list(db.session.scalars(query))
        if not batch:
            return
        last = batch[-1].id
        yield batch
