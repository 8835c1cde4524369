"""How mandates end: revoked, declined, out of date, used up, voided by the register, by age or by a death.

Whoever ends one does it here: with it end the mandates under it, and for each the outbox message ``mandate_ended``
goes out in the same transaction, so that grants under it are revoked and sites hear of it within a minute. The next
token is refused in any case: the decision looks at the row.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.mandates import mandate as mandates
from idp.mandates.decision import ENDED
from idp.mandates.mandate import Mandate
from idp.outbox import message

KIND = "mandate_ended"

REVOKED = "revoked"
LEFT = "left"
DECLINED = "declined"
NOT_CONFIRMED = "not_confirmed"
EXPIRED = "expired"
COMPLETED = "completed"
OF_AGE = "of_age"
PARENT_ENDED = "parent_ended"
REPLACED = "replaced"
NEW_REPRESENTATIVE = "new_representative"
DISSOLVED = "dissolved"
DECEASED = "deceased"
CLOSED = "account_closed"
IDENTITY_LOST = "identity_lost"
# Who is no more, or is somebody else, neither gives mandates nor holds them.
ON_BOTH_SIDES = frozenset({DECEASED, DISSOLVED, CLOSED, IDENTITY_LOST})
# What is told in words of its own (`due`), or ended nothing that held.
TOLD_OTHERWISE = frozenset({OF_AGE, DECLINED, NOT_CONFIRMED, REPLACED})


def end(mandate: Mandate, reason: str, *, by: UUID | None = None) -> bool:
    """End the mandate and those under it; of many callers one gets True."""
    return bool(end_where(Mandate.id == mandate.id, reason, by=by))


def void_for(principal_id: UUID, reason: str) -> int:
    """End every mandate given for the account, and by who it is (`ON_BOTH_SIDES`) those it holds; return how many."""
    side: ColumnElement[bool] = Mandate.principal_id == principal_id
    if reason in ON_BOTH_SIDES:
        side = or_(side, Mandate.holder_id == principal_id)
    return len(end_where(side, reason))


def end_where(which: ColumnElement[bool], reason: str, *, by: UUID | None = None) -> Sequence[UUID]:
    """End the open mandates for which *which* holds, and those under them; return their ids."""
    ended = list(_mark(which, reason, by))
    below = ended
    while below:
        below = list(_mark(Mandate.parent_id.in_(below), PARENT_ENDED, by))
        ended += below
    return ended


def _mark(which: ColumnElement[bool], reason: str, by: UUID | None) -> Sequence[UUID]:
    rows: Sequence[Any] = db.session.execute(
        update(Mandate)
        .where(which, Mandate.ended_at.is_(None))
        .values(status=ENDED, ended_at=clock.now(), end_reason=reason)
        .returning(Mandate)
        .execution_options(populate_existing=True)
    ).all()
    for (mandate,) in rows:
        log.record(
            EventName.MANDATE_ENDED,
            account_id=mandate.principal_id,
            actor=f"account:{by}" if by else None,
            reason=reason,
            **mandates.values_of(mandate),
        )
        message.add(KIND, {"mandate_id": str(mandate.id)}, account_id=mandate.holder_id)
        _tell(mandate, reason, by)
    return [mandate.id for (mandate,) in rows]


def _tell(mandate: Mandate, reason: str, by: UUID | None) -> None:
    # Whoever ends it knows; an enterprise reads nothing, those who act for it do.
    if reason in TOLD_OTHERWISE:
        return
    for account_id in {mandate.principal_id, mandate.holder_id} - {by}:
        account = accounts.find(account_id)
        if account is not None and account.status == accounts.ACTIVE and account.kind != accounts.ENTERPRISE:
            notice.tell(account, "mandate_ended")
