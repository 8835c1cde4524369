"""What the events of a record say that holds: its row is compared with it, so that nobody allows by a row alone."""

from dataclasses import dataclass, replace
from typing import Any

from idp.consent import event
from idp.consent.consent_record import ConsentRecord
from idp.consent.event import ConsentEvent

# Records of older versions, given before there were events, were named otherwise (migration 0007).
OWN_VERSION = 7


@dataclass(frozen=True)
class Outcome:
    """What the last agreement and the withdrawals after it leave. ``expires_at`` is as the document has it."""

    items: frozenset[str]
    withdrawn: bool
    expires_at: str


def after(before: Outcome | None, one: ConsentEvent) -> Outcome | None:
    """Return what holds after one more event; None where nothing was ever agreed to."""
    if one.name in event.DOCUMENTED:
        return Outcome(_agreed(one.document), withdrawn=False, expires_at=one.document["expires_at"])
    if one.name != event.WITHDRAWN or before is None:
        return before
    whole = bool(one.document.get("whole"))
    return replace(
        before, items=before.items if whole else before.items - frozenset(one.items), withdrawn=whole
    )


def differs(row: ConsentRecord, told: Outcome | None) -> bool:
    """Whether the row says otherwise than the events of its record."""
    if told is None:
        return row.was_given and row.record_id.version == OWN_VERSION
    said = Outcome(
        frozenset(row.items),
        withdrawn=row.withdrawn_at is not None,
        expires_at=row.expires_at.isoformat(timespec="seconds"),
    )
    return not row.was_given or said != told


def _agreed(document: dict[str, Any]) -> frozenset[str]:
    by_consent = (one for one in document["items"] if one["legal_basis"] == "consent")
    return frozenset(one["name"] for one in by_consent if one["allowed"]) | frozenset(document["kept_items"])
