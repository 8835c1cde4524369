"""The limits that count other mandates, and who may hold which role (domain §4).

They hold under `lock` on the accounts concerned, so that of two who are one too many one is refused.
"""

from uuid import UUID

from sqlalchemy import func, select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.assurance import evidence, proofing_level
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput
from idp.level_policy import current
from idp.mandates import rules_file
from idp.mandates.mandate import IS_OPEN, Mandate
from idp.mandates.rules import RELATIVE


def lock(*account_ids: UUID) -> None:
    """Let nobody else give or take a mandate of these accounts until the end of the transaction."""
    for account_id in sorted(set(account_ids)):
        db.session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def check_proofing(holder: Account, role: str) -> None:
    """Raise Forbidden ``proofing_too_low`` when the holder is not well enough known for the role."""
    if _proofing(holder) < rules_file.get().roles[role].holder_proofing:
        raise Forbidden("proofing_too_low", "Prove your name first: this role needs it", field="")


def level_of(holder: Account, role: str) -> int:
    """Return the level that a mandate of this role carries: the role's, or less when the holder is known less well."""
    return min(rules_file.get().roles[role].level, _proofing(holder))


def _proofing(holder: Account) -> int:
    pieces = evidence.from_standing(holder.standing)
    return proofing_level.of(current.get(), holder.kind, pieces, clock.now())


def check_parties(principal: Account, holder: Account, role: str) -> None:
    """Raise InvalidInput when the role is not for these two, Forbidden when one of the accounts is locked."""
    rule = rules_file.get().roles[role]
    if principal.id == holder.id:
        raise InvalidInput("holder_is_principal", "Nobody needs a mandate for themselves", field="holder")
    if holder.kind != rule.holder or principal.kind != rule.principal:
        raise InvalidInput("holder_kind_wrong", "This role is not for that kind of account", field="holder")
    for account in (principal, holder):
        accounts.check_active(account)


def check_counts(principal: Account, holder: Account, role: str, parent: Mandate | None) -> None:
    """Raise Conflict (``mandate_exists``, ``role_full``, ``agent_full``) when one more would be one too many."""
    rules = rules_file.get()
    open_ones = Mandate.principal_id == principal.id, Mandate.role == role, IS_OPEN
    same_parent = Mandate.parent_id.is_(None) if parent is None else Mandate.parent_id == parent.id
    twice = select(Mandate.id).where(*open_ones, Mandate.holder_id == holder.id, same_parent).limit(1)
    if db.session.execute(twice).first() is not None:
        raise Conflict("mandate_exists", "They have this role already, or were invited to it", field="holder")
    most = rules.roles[role].most
    if most and (db.session.scalar(select(func.count()).where(*open_ones)) or 0) >= most:
        raise Conflict(
            "role_full", "There are as many in this role as there may be. End one first", field="role"
        )
    if role == RELATIVE:
        principals = select(func.count(Mandate.principal_id.distinct())).where(
            Mandate.holder_id == holder.id, Mandate.role == RELATIVE, IS_OPEN
        )
        if (db.session.scalar(principals) or 0) >= rules.principals_per_relative:
            raise Conflict("agent_full", "This person acts for as many people as one may", field="holder")
