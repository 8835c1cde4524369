"""Whether a person may act for another, in which items, and with what level. Pure: facts in, answer out.

A chain leads from the principal to the person at the keyboard: one mandate, or two where an agency firm stands
between. Everything is looked at each time, so that a date, a birthday or a revocation holds from its very moment,
whether or not the worker has come round to write it down.
"""

import itertools
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from idp.mandates import age
from idp.mandates.rules import AGENCY, GUARDIAN, Rules

PROPOSED = "proposed"
ACTIVE = "active"
ENDED = "ended"


class Reason(StrEnum):
    """Why not."""

    UNKNOWN = "unknown"
    NOT_YOURS = "not_yours"
    NOT_CONFIRMED = "not_confirmed"
    ENDED = "ended"
    NOT_BEGUN = "not_begun"
    EXPIRED = "expired"
    USED = "used"
    CHAIN_TOO_LONG = "chain_too_long"
    CHAIN_CYCLIC = "chain_cyclic"
    CHAIN_BROKEN = "chain_broken"
    ROLE_NOT_ACCEPTED = "role_not_accepted"
    ITEM_NOT_COVERED = "item_not_covered"
    PERSONAL_ACT = "personal_act"
    PRINCIPAL_LOCKED = "principal_locked"
    HOLDER_LOCKED = "holder_locked"
    AGE_UNKNOWN = "age_unknown"
    AGE = "age"
    AGE_NEEDS_ITEMS = "age_needs_items"


@dataclass(frozen=True, slots=True)
class Link:
    """One mandate of the chain. No ``items``: all of them."""

    id: UUID
    principal_id: UUID
    holder_id: UUID
    role: str
    items: frozenset[str]
    level: int
    status: str
    starts_at: datetime
    expires_at: datetime | None = None
    single_use: bool = False
    used: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision rests on.

    ``chain`` goes from the principal to the person. ``items`` and ``roles`` are what a site asks for (empty: any).
    ``locked`` are the accounts of the chain that may not be used. ``continuing``: it is about what the one use of a
    single-use mandate began, not about another use.
    """

    person_id: UUID
    chain: tuple[Link, ...]
    rules: Rules
    items: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    locked: frozenset[UUID] = frozenset()
    principal_birthdate: date | None = None
    continuing: bool = False


@dataclass(frozen=True, slots=True)
class Permit:
    """The person may. ``items``: in these only (empty: in all); ``level``: what their session must have.

    ``role`` is that of the principal's own mandate. ``may_consent``: the person may also consent to the release of
    the principal's data (not for a child from 14 on, who consents alone).
    """

    items: frozenset[str]
    level: int
    role: str
    may_consent: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """The person may not."""

    reason: Reason


def decide(facts: Facts, now: datetime) -> Permit | Refusal:
    """Decide; of several reasons against it the first in the order of `_refusal` is given."""
    reason = _refusal(facts, now)
    if reason is not None:
        return Refusal(reason)
    root = facts.chain[0]
    may_consent = True
    if root.role == GUARDIAN:
        rule = facts.rules.at_age(age.years(_birthdate(facts), now))
        may_consent = rule.consents == "guardian"
    return Permit(_covered(facts), max(link.level for link in facts.chain), root.role, may_consent)


def _refusal(facts: Facts, now: datetime) -> Reason | None:
    reason = _shape(facts)
    if reason is not None:
        return reason
    for link in facts.chain:
        reason = _state(link, now, continuing=facts.continuing)
        if reason is not None:
            return reason
    root = facts.chain[0]
    if root.principal_id in facts.locked:
        return Reason.PRINCIPAL_LOCKED
    if any(link.holder_id in facts.locked for link in facts.chain):
        return Reason.HOLDER_LOCKED
    if facts.roles and root.role not in facts.roles:
        return Reason.ROLE_NOT_ACCEPTED
    reason = _of_child(facts, now) if root.role == GUARDIAN else None
    return reason or _of_items(facts)


def _shape(facts: Facts) -> Reason | None:
    chain = facts.chain
    if not chain:
        return Reason.UNKNOWN
    parties = [chain[0].principal_id, *(link.holder_id for link in chain)]
    if len(set(parties)) != len(parties):
        return Reason.CHAIN_CYCLIC
    if len(chain) > facts.rules.chain:
        return Reason.CHAIN_TOO_LONG
    for above, below in itertools.pairwise(chain):
        # Only a firm hands on, and only to people of its own.
        if above.role != AGENCY or below.role == AGENCY or below.principal_id != above.holder_id:
            return Reason.CHAIN_BROKEN
    return None if chain[-1].holder_id == facts.person_id else Reason.NOT_YOURS


def _state(link: Link, now: datetime, *, continuing: bool) -> Reason | None:
    if link.status == ENDED:
        return Reason.ENDED
    if link.status != ACTIVE:
        return Reason.NOT_CONFIRMED
    if now < link.starts_at:
        return Reason.NOT_BEGUN
    if link.expires_at is not None and now >= link.expires_at:
        return Reason.EXPIRED
    if link.single_use and link.used and not continuing:
        return Reason.USED
    return None


def _of_child(facts: Facts, now: datetime) -> Reason | None:
    if facts.principal_birthdate is None:
        return Reason.AGE_UNKNOWN
    acts = facts.rules.at_age(age.years(facts.principal_birthdate, now)).guardian_acts
    if acts == "never":
        return Reason.AGE
    if acts == "items" and not facts.chain[0].items:
        return Reason.AGE_NEEDS_ITEMS
    return None


def _of_items(facts: Facts) -> Reason | None:
    limits = [link.items for link in facts.chain]
    if facts.items.union(*limits) & facts.rules.personal_acts:
        return Reason.PERSONAL_ACT
    limited = facts.items or any(limits)
    return Reason.ITEM_NOT_COVERED if limited and not _covered(facts) else None


def _birthdate(facts: Facts) -> date:
    if facts.principal_birthdate is None:
        raise AssertionError("looked at before")
    return facts.principal_birthdate


def _covered(facts: Facts) -> frozenset[str]:
    """Return the items that all links cover and that are asked for; empty when none, or when nothing limits them."""
    limits = [items for items in (*(link.items for link in facts.chain), facts.items) if items]
    return frozenset.intersection(*limits) if limits else frozenset()
