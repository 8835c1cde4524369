"""Appointing somebody: offered by one side, confirmed by the other, taken back by either (domain §4).

Who may appoint is looked up anew each time; nobody appoints by what a page said before.
"""

from uuid import UUID

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.mandates import ending, managing, offering, rules_file, terms
from idp.mandates import mandate as mandates
from idp.mandates.decision import ACTIVE, PROPOSED
from idp.mandates.mandate import Mandate
from idp.mandates.rules import ADMINISTRATOR, AGENCY, GUARDIAN, HANDLER, REPRESENTATIVE, WARD_GUARDIAN
from idp.mandates.terms import Settled, Terms


def appoint(
    person_id: UUID, principal: Account, holder: Account, wished: Terms, parent: Mandate | None = None
) -> Mandate:
    """Offer *holder* a role for the enterprise *principal*; it holds when the holder's side confirms.

    *parent* is the agency mandate under which a firm names a handler of its own. Raises Forbidden
    (``not_your_enterprise``, ``role_not_yours_to_give``), InvalidInput, Conflict.
    """
    own = managing.manages(person_id, principal.id)
    if own is None:
        raise Forbidden("not_your_enterprise", detail=str(principal.id))
    if wished.role not in rules_file.get().roles[own.role].appoints:
        raise Forbidden("role_not_yours_to_give", detail=f"{own.role} gives no {wished.role}")
    settled = terms.settle(wished, rules_file.get(), clock.now())
    if parent is not None:
        settled = _under(parent, principal, holder, settled)
    return offering.offer(
        principal, holder, settled, proposed_by=person_id, granted_by=person_id, parent=parent
    )


def confirm(mandate: Mandate, person_id: UUID, *, attended_by: UUID | None = None) -> None:
    """Say yes on the side that has not yet; of two at once one is late.

    *attended_by*: the clerk before whom the principal said so. Raises NotFound (``mandate_unknown``) for somebody
    whose yes it does not wait for, Conflict ``mandate_not_open``, Forbidden ``proofing_too_low``.
    """
    if person_id not in offering.awaited(mandate):
        raise NotFound("mandate_unknown", detail="not theirs to confirm")
    offering.activate(mandate, person_id, attended_by=attended_by)


def decline(mandate: Mandate, person_id: UUID) -> None:
    """Say no to what was offered; raises NotFound, Conflict."""
    if person_id not in offering.awaited(mandate):
        raise NotFound("mandate_unknown", detail="not theirs to decline")
    if not ending.end(mandate, ending.DECLINED, by=person_id):
        raise Conflict("mandate_not_open", "This invitation is no longer open")


def may_end(mandate: Mandate, person_id: UUID) -> bool:
    """Whether the person may take the mandate back, or lay it down."""
    if mandate.status not in (ACTIVE, PROPOSED):
        return False
    if mandate.role == REPRESENTATIVE:
        # What the register says ends only with the register.
        return False
    if person_id in {mandate.principal_id, mandate.holder_id}:
        # A child does not dismiss the guardian.
        return mandate.role not in (GUARDIAN, WARD_GUARDIAN) or person_id == mandate.holder_id
    own = managing.manages(person_id, mandate.principal_id)
    if own is not None and mandate.role in rules_file.get().roles[own.role].appoints:
        return True
    return mandate.role == AGENCY and managing.manages(person_id, mandate.holder_id) is not None


def revoke(mandate: Mandate, person_id: UUID) -> None:
    """End the mandate for the principal's side, or for a holder who leaves; NotFound for anybody else, Conflict.

    When the last administrator leaves, the representative is told that all falls back to them.
    """
    if mandate.status not in (ACTIVE, PROPOSED):
        raise Conflict("mandate_not_open", "This has ended already")
    if not may_end(mandate, person_id):
        raise NotFound("mandate_unknown", detail="not theirs to end")
    left = person_id == mandate.holder_id
    if not ending.end(mandate, ending.LEFT if left else ending.REVOKED, by=person_id):
        raise Conflict("mandate_not_open", "This has ended already")
    if mandate.role == ADMINISTRATOR and not mandates.with_role(mandate.principal_id, (ADMINISTRATOR,)):
        for account_id in managing.managers_of(mandate.principal_id):
            notice.tell(accounts.get(account_id), "last_administrator_left")


def _under(parent: Mandate, firm: Account, handler: Account, settled: Settled) -> Settled:
    """Return the terms of a firm's handler within those of the firm: no item more, no day longer."""
    is_own = parent.holder_id == firm.id and parent.role == AGENCY and parent.status == ACTIVE
    if settled.role != HANDLER or not is_own:
        raise NotFound("mandate_unknown", detail="no agency mandate of this firm")
    if parent.principal_id == handler.id:
        raise InvalidInput("holder_is_principal", "Nobody needs a mandate for themselves", field="holder")
    items = settled.items or tuple(parent.items)
    if not set(items) <= set(parent.items):
        raise InvalidInput("items_not_held", "Your firm holds no mandate for this item", field="item")
    ends = [end for end in (settled.expires_at, parent.expires_at) if end is not None]
    return Settled(
        settled.role, items, settled.starts_at, min(ends, default=None), settled.single_use, settled.level
    )
