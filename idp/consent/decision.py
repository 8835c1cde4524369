"""Whether to ask for consent, and what may be released. Pure: values in, values out.

On a statutory basis nothing is asked (PIPL art. 13, 35); otherwise a person is asked again only for a reason:
something new, expired, withdrawn, or the relying party insists (OIDC Core §3.1.2.1 prompt=consent).
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

STATUTORY_DUTY = "statutory_duty"


class Reason(Enum):
    """Why a person is asked."""

    FIRST = "first"
    NEW_ITEMS = "new_items"
    NEW_PURPOSE = "new_purpose"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    INSISTED = "insisted"


@dataclass(frozen=True)
class Asked:
    """What a relying party asks for in one authorization request."""

    required: frozenset[str]
    optional: frozenset[str]
    purpose: str
    legal_basis: str
    insisted: bool = False

    @property
    def items(self) -> frozenset[str]:
        """Everything asked for."""
        return self.required | self.optional


@dataclass(frozen=True)
class Given:
    """What the person decided before. ``seen`` are the items that were on the page, ``items`` those allowed.

    ``withheld``: withdrawn by the person, so that nobody who acts for them can give it again. ``by_law``: nobody was
    asked, it was noted as released on a statutory basis.
    """

    items: frozenset[str]
    seen: frozenset[str]
    purpose: str
    expires_at: datetime
    withdrawn: bool
    withheld: bool = False
    by_law: bool = False


@dataclass(frozen=True)
class Decision:
    """Ask for ``reason``, or release ``items`` without asking (reason None)."""

    reason: Reason | None
    items: frozenset[str]


def decide(asked: Asked, given: Given | None, now: datetime) -> Decision:
    """Decide whether to ask; when not, which of the asked items may be released."""
    if asked.legal_basis == STATUTORY_DUTY:
        return Decision(None, asked.items)
    reason = _reason(asked, given, now)
    if reason is not None or given is None:
        return Decision(reason, frozenset())
    return Decision(None, asked.items & given.items)


def _reason(asked: Asked, given: Given | None, now: datetime) -> Reason | None:
    if asked.insisted:
        return Reason.INSISTED
    if given is None or given.by_law:
        return Reason.FIRST
    if not asked.items:
        return Reason.FIRST if given.withdrawn else None
    if given.withdrawn:
        return Reason.WITHDRAWN
    if given.expires_at <= now:
        return Reason.EXPIRED
    if given.purpose != asked.purpose:
        return Reason.NEW_PURPOSE
    if not asked.required <= given.items or not asked.optional <= given.seen:
        return Reason.NEW_ITEMS
    return None


def allowed(asked: Asked, ticked: Collection[str]) -> frozenset[str]:
    """Return what an agreement with these boxes *ticked* allows: all required items, and no item never asked for."""
    return asked.required | (asked.optional & frozenset(ticked))


def purpose_digest(purpose: str) -> str:
    """Return what stands for a purpose's text: another text is another purpose."""
    return hashlib.sha256(purpose.encode()).hexdigest()
