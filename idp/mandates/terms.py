"""The terms of a mandate: role, items, dates; checked against the rules. Pure.

All limits of domain §4 that concern one mandate alone stand here; those that count others stand in `appointment`.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from idp.errors import InvalidInput
from idp.mandates.rules import RoleRule, Rules

MOST_ITEMS = 50
# As relying parties register them (`relying_parties.metadata_fields`).
ITEM = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True)
class Terms:
    """What is wished for. No ``items``: all; no dates: from now on, for as long as the role has by default."""

    role: str
    items: tuple[str, ...] = ()
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    single_use: bool = False


@dataclass(frozen=True)
class Settled:
    """What holds: every date is known (``expires_at`` None: until it is ended), ``level`` is the role's."""

    role: str
    items: tuple[str, ...]
    starts_at: datetime
    expires_at: datetime | None
    single_use: bool
    level: int


def settle(wished: Terms, rules: Rules, now: datetime) -> Settled:
    """Return the terms that hold; raises InvalidInput with the field that is wrong."""
    rule = rules.roles[wished.role]
    starts_at = max(wished.starts_at or now, now)
    return Settled(
        role=wished.role,
        items=_items(wished.items, rule, rules),
        starts_at=starts_at,
        expires_at=_end(wished, rule, starts_at),
        single_use=_single_use(wished, rule),
        level=rule.level,
    )


def _items(items: tuple[str, ...], rule: RoleRule, rules: Rules) -> tuple[str, ...]:
    found = tuple(sorted(set(items)))
    if len(found) > MOST_ITEMS:
        raise InvalidInput("items_too_many", "These are too many items", field="item")
    for item in found:
        if not ITEM.fullmatch(item):
            raise InvalidInput(
                "item_malformed", "An item code has no spaces and at most 64 characters", field="item"
            )
        if item in rules.personal_acts:
            raise InvalidInput(
                "item_personal", "Nobody else can do this for you, so it cannot be given", field="item"
            )
    if rule.items == "named" and not found:
        raise InvalidInput("items_missing", "Name the items", field="item")
    if rule.items == "all" and found:
        raise InvalidInput("items_not_for_role", "This role is always for everything", field="item")
    return found


def _end(wished: Terms, rule: RoleRule, starts_at: datetime) -> datetime | None:
    if wished.single_use:
        return starts_at + rule.single_use
    longest = starts_at + timedelta(days=rule.longest_days) if rule.longest_days else None
    if wished.expires_at is None:
        return starts_at + timedelta(days=rule.default_days) if rule.default_days else None
    if wished.expires_at <= starts_at:
        raise InvalidInput("end_too_early", "The last day must come after the first", field="expires_on")
    if longest is not None and wished.expires_at > longest:
        raise InvalidInput("end_too_late", "This is longer than the role may last", field="expires_on")
    return wished.expires_at


def _single_use(wished: Terms, rule: RoleRule) -> bool:
    if wished.single_use and not rule.single_use_hours:
        raise InvalidInput("single_use_not_for_role", "This role is not for a single use", field="single_use")
    return wished.single_use
