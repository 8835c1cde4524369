"""A mandate begins: written by one side, active with the yes of the other.

Whether these two may at all is the caller's question.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.errors import Conflict
from idp.keys import field_cipher
from idp.mandates import limits, managing, rules_file
from idp.mandates import mandate as mandates
from idp.mandates.decision import ACTIVE, PROPOSED
from idp.mandates.mandate import Mandate
from idp.mandates.rules import (
    AGENCY,
    RELATIVE,
    WARD_GUARDIAN,
)
from idp.mandates.terms import Settled
from idp.uuid7 import uuid7


def offer(
    principal: Account,
    holder: Account,
    settled: Settled,
    *,
    proposed_by: UUID,
    granted_by: UUID | None = None,
    confirmed_by: UUID | None = None,
    parent: Mandate | None = None,
    evidence_number: str = "",
) -> Mandate:
    """Write a mandate, active when both sides have said yes; raises InvalidInput or Conflict at a limit.

    Whether these two may is the caller's question; here are the limits of domain §4.
    """
    rules = rules_file.get()
    limits.check_parties(principal, holder, settled.role)
    limits.lock(principal.id, holder.id)
    limits.check_counts(principal, holder, settled.role, parent)
    if confirmed_by is not None:
        limits.check_proofing(holder, settled.role)
    mandate_id = uuid7()
    active = granted_by is not None and confirmed_by is not None
    mandate = Mandate(
        id=mandate_id,
        principal_id=principal.id,
        holder_id=holder.id,
        role=settled.role,
        items=list(settled.items),
        level=rules.roles[settled.role].level
        if confirmed_by is None
        else limits.level_of(holder, settled.role),
        status=ACTIVE if active else PROPOSED,
        starts_at=settled.starts_at,
        expires_at=settled.expires_at,
        review_at=None if active else clock.now() + timedelta(days=rules.confirm_days),
        proposed_by=proposed_by,
        granted_by=granted_by,
        confirmed_by=confirmed_by,
        parent_id=parent.id if parent is not None else None,
        evidence_sealed=field_cipher.seal(evidence_number, mandates.evidence_context(mandate_id))
        if evidence_number
        else None,
        single_use=settled.single_use,
        rules_version=rules.version,
        created_at=clock.now(),
    )
    db.session.add(mandate)
    db.session.flush()
    log.record(
        EventName.MANDATE_PROPOSED,
        account_id=principal.id,
        actor=f"account:{proposed_by}",
        **mandates.values_of(mandate),
    )
    if active:
        _confirmed(mandate, proposed_by)
    else:
        for account_id in awaited(mandate):
            notice.tell(accounts.get(account_id), "mandate_offered")
    return mandate


def awaited(mandate: Mandate) -> list[UUID]:
    """Return whose yes a proposed mandate waits for; nobody's when it waits for none."""
    if mandate.status != PROPOSED:
        return []
    if mandate.granted_by is None:
        return [] if mandate.role == WARD_GUARDIAN else [mandate.principal_id]
    if mandate.role == AGENCY:
        return managing.managers_of(mandate.holder_id)
    return [mandate.holder_id]


def activate(mandate: Mandate, person_id: UUID, *, attended_by: UUID | None = None) -> None:
    """Write the yes that was missing; who says it is the caller's question. Raises Conflict, Forbidden."""
    principal, holder = accounts.get(mandate.principal_id), accounts.get(mandate.holder_id)
    limits.lock(principal.id, holder.id)
    for account in (principal, holder):
        accounts.check_active(account)
    limits.check_proofing(holder, mandate.role)
    now = clock.now()
    if mandate.expires_at is not None and mandate.expires_at <= now:
        raise Conflict("mandate_not_open", "This invitation is no longer open")
    missing = Mandate.granted_by if mandate.granted_by is None else Mandate.confirmed_by
    done = db.session.execute(
        update(Mandate)
        .where(Mandate.id == mandate.id, Mandate.status == PROPOSED, missing.is_(None))
        .values(
            {
                missing.key: person_id,
                "status": ACTIVE,
                "starts_at": max(mandate.starts_at, now),
                "level": limits.level_of(holder, mandate.role),
            }
        )
        .returning(Mandate.id)
    ).first()
    if done is None:
        raise Conflict("mandate_not_open", "This invitation is no longer open")
    db.session.refresh(mandate)
    _confirmed(mandate, attended_by or person_id)


def _confirmed(mandate: Mandate, actor_id: UUID) -> None:
    ahead = timedelta(days=rules_file.get().ask_again_days)
    lasts = mandate.expires_at is not None and not mandate.single_use
    mandate.review_at = mandate.expires_at - ahead if mandate.expires_at is not None and lasts else None
    db.session.flush()
    log.record(
        EventName.MANDATE_CONFIRMED,
        account_id=mandate.principal_id,
        actor=f"account:{actor_id}",
        **mandates.values_of(mandate),
    )
    if mandate.proposed_by != mandate.holder_id or mandate.role == RELATIVE:
        notice.tell(accounts.get(mandate.proposed_by), "mandate_confirmed")
