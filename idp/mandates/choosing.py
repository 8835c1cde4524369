"""Whom a person may act for at a site, and whether they still may: what the chooser and the tokens ask.

Two statements however many mandates there are: the mandates with their parents, then the accounts they name.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.mandates import decision, mandate, rules, rules_file
from idp.mandates.decision import Facts, Permit, Reason, Refusal
from idp.mandates.mandate import Mandate


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody the person may act for. No ``items``: all; ``level`` is what the person's session must have.

    ``through_id`` is the agency firm between the two, None without one.
    """

    mandate_id: UUID
    principal_id: UUID
    principal_subject: UUID
    principal_kind: str
    principal_name: str
    role: str
    items: tuple[str, ...]
    level: int
    through_id: UUID | None = None
    through_name: str | None = None
    may_consent: bool = True
    # Whether the mandate itself names items; else ``items`` is only what was asked for.
    is_limited: bool = False


def roles_for(acting_as: Collection[str]) -> frozenset[str]:
    """Return the roles in which people may act at a site that is registered for *acting_as*."""
    known = [rules.ACTING_AS[one] for one in acting_as if one in rules.ACTING_AS]
    return frozenset().union(*known)


def choices(person_id: UUID, roles: Collection[str], items: Collection[str], now: datetime) -> list[Choice]:
    """Return whom the person may act for in these *roles* and any of these *items* (none: all items).

    No role, no choice: a site that did not register for it sees nobody acting for another.
    """
    if not roles:
        return []
    chains = [
        (above, own) if above is not None else (own,)
        for own, above in mandate.held_by(person_id)
        if (own.parent_id is None) == (above is None)
    ]
    known = _accounts({person_id, *_parties(chains)})
    found = []
    for chain in chains:
        answer = decision.decide(_facts(person_id, chain, roles, items, known), now)
        if isinstance(answer, Permit):
            found.append(_choice(chain, answer, known))
    return sorted(found, key=lambda one: (one.principal_kind, one.principal_name, one.mandate_id))


def check(
    person_id: UUID,
    mandate_id: UUID,
    roles: Collection[str],
    items: Collection[str],
    now: datetime,
    *,
    continuing: bool = False,
) -> Permit | Refusal:
    """Decide whether the person may act under that mandate now (`decision.decide` on the rows as they are).

    *continuing*: for a refresh of what the one use of a single-use mandate began.
    """
    own = mandate.find(mandate_id)
    if own is None:
        return Refusal(Reason.UNKNOWN)
    chain = mandate.chain(own, rules_file.get().chain)
    known = _accounts({person_id, *_parties([chain])})
    return decision.decide(_facts(person_id, chain, roles, items, known, continuing=continuing), now)


def use(mandate_id: UUID) -> bool:
    """Note that an answer was given under the mandate; False when it was for one use, and that was before.

    Called in the transaction of the answer. For mandates without that limit nothing is written.
    """
    row = mandate.find(mandate_id)
    if row is None or not row.single_use:
        return row is not None
    used = db.session.execute(
        update(Mandate)
        .where(Mandate.id == mandate_id, Mandate.used_at.is_(None), Mandate.ended_at.is_(None))
        .values(used_at=clock.now())
        .returning(Mandate.id)
    ).first()
    if used is None:
        return False
    log.record(EventName.MANDATE_USED, account_id=row.principal_id, **mandate.values_of(row))
    return True


def _parties(chains: Iterable[tuple[Mandate, ...]]) -> set[UUID]:
    return {party for chain in chains for link in chain for party in (link.principal_id, link.holder_id)}


def _accounts(ids: set[UUID]) -> dict[UUID, Account]:
    rows = db.session.scalars(select(Account).where(Account.id.in_(ids)))
    return {row.id: row for row in rows}


def _facts(
    person_id: UUID,
    chain: tuple[Mandate, ...],
    roles: Collection[str],
    items: Collection[str],
    known: dict[UUID, Account],
    *,
    continuing: bool = False,
) -> Facts:
    parties = {person_id, *_parties([chain])}
    locked = {one for one in parties if one not in known or known[one].status != accounts.ACTIVE}
    return Facts(
        person_id=person_id,
        chain=tuple(link.link() for link in chain),
        rules=rules_file.get(),
        items=frozenset(items),
        roles=frozenset(roles),
        locked=frozenset(locked),
        principal_birthdate=_birthdate(chain, known),
        continuing=continuing,
    )


def _birthdate(chain: tuple[Mandate, ...], known: dict[UUID, Account]) -> date | None:
    if not chain or chain[0].role != rules.GUARDIAN or chain[0].principal_id not in known:
        return None
    birthdate = accounts.birthdate_of(known[chain[0].principal_id])
    return date.fromisoformat(birthdate) if birthdate else None


def _choice(chain: tuple[Mandate, ...], permit: Permit, known: dict[UUID, Account]) -> Choice:
    principal = known[chain[0].principal_id]
    firm = known[chain[0].holder_id] if len(chain) > 1 else None
    return Choice(
        mandate_id=chain[-1].id,
        principal_id=principal.id,
        principal_subject=principal.subject_id,
        principal_kind=principal.kind,
        principal_name=accounts.name_of(principal),
        role=permit.role,
        items=tuple(sorted(permit.items)),
        level=permit.level,
        through_id=firm.id if firm else None,
        through_name=accounts.name_of(firm) if firm else None,
        may_consent=permit.may_consent,
        is_limited=any(link.items for link in chain),
    )
