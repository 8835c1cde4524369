"""What can be told, and how each event is written: type URIs and members.

CAEP 1.0 §3, RISC 1.0 §2, SSF 1.0 §8.1.4.1 (verification) and §8.1.5 (stream updated), and four of our own. An event
says what kind of thing happened, never a personal fact: no name, no number, no new phone.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from idp.outbox.signal import Signal

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
SSF = "https://schemas.openid.net/secevent/ssf/event-type/"
OWN = "urn:tongxing:event:"

TYPES: Mapping[Signal, str] = {
    Signal.ACCOUNT_DISABLED: f"{RISC}account-disabled",
    Signal.ACCOUNT_LINKED: f"{OWN}account-linked",
    Signal.ACCOUNT_PURGED: f"{RISC}account-purged",
    Signal.ACCOUNT_UNLINKED: f"{OWN}account-unlinked",
    Signal.ASSURANCE_LEVEL_CHANGE: f"{CAEP}assurance-level-change",
    Signal.CONSENT_WITHDRAWN: f"{OWN}consent-withdrawn",
    Signal.CREDENTIAL_CHANGE: f"{CAEP}credential-change",
    Signal.DELETION_REQUESTED: f"{OWN}deletion-requested",
    Signal.IDENTIFIER_CHANGED: f"{RISC}identifier-changed",
    Signal.SESSION_REVOKED: f"{CAEP}session-revoked",
}
# In the order in which they are advertised.
SUPPORTED = tuple(sorted(TYPES.values()))
VERIFICATION = f"{SSF}verification"
STREAM_UPDATED = f"{SSF}stream-updated"
# About the stream, not about a person: delivered whatever was asked for (SSF §8.1.4.1, §8.1.5).
OF_THE_STREAM = frozenset({VERIFICATION, STREAM_UPDATED})

# What our levels are called in `namespace` (CAEP §3.4.1): of the proof of the name, as in the claim ``ial``.
IAL_NAMESPACE = "urn:tongxing:ial"

# Members of a signal's data that an event of its kind repeats; others are for finding out who hears it.
_REPEATED: Mapping[Signal, tuple[str, ...]] = {
    Signal.ACCOUNT_DISABLED: ("reason",),
    Signal.ACCOUNT_LINKED: (),
    Signal.ACCOUNT_PURGED: (),
    Signal.ACCOUNT_UNLINKED: (),
    Signal.ASSURANCE_LEVEL_CHANGE: (),
    Signal.CONSENT_WITHDRAWN: ("record_id", "items"),
    Signal.CREDENTIAL_CHANGE: ("credential_type", "change_type"),
    Signal.DELETION_REQUESTED: ("request_id", "answer_by"),
    Signal.IDENTIFIER_CHANGED: ("identifier",),
    Signal.SESSION_REVOKED: (),
}
# RISC §2.3: the only reasons that this event may give.
_REASONS = frozenset({"hijacking", "bulk-account"})


def members(signal: Signal, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return the members of *signal*'s event: what happened, who began it, when (seconds, CAEP §2)."""
    found = {name: data[name] for name in _REPEATED[signal] if data.get(name) is not None}
    if signal is Signal.ACCOUNT_DISABLED and found.get("reason") not in _REASONS:
        found.pop("reason", None)
    if signal is Signal.ASSURANCE_LEVEL_CHANGE:
        found |= _level_change(int(data["before"]), int(data["after"]))
    if data.get("initiating_entity"):
        found["initiating_entity"] = data["initiating_entity"]
    return found | {"event_timestamp": int(at.timestamp())}


def _level_change(before: int, after: int) -> dict[str, str]:
    return {
        "namespace": IAL_NAMESPACE,
        "current_level": str(after),
        "previous_level": str(before),
        "change_direction": "increase" if after > before else "decrease",
    }
