"""A signal: something about an account that relying parties may have to hear, noted in the transaction of its cause.

Whoever causes it does not know who listens. A handler (`idp.shared_signals.fan_out`) turns one signal into an event for
each relying party that knows the account and asked for that kind (OpenID Shared Signals Framework 1.0).
"""

from enum import StrEnum
from uuid import UUID

from idp.outbox import message

KIND = "signal"


class Signal(StrEnum):
    """What can be told; its event type and members are `idp.shared_signals.event_types`."""

    ACCOUNT_DISABLED = "account_disabled"
    ACCOUNT_LINKED = "account_linked"
    ACCOUNT_PURGED = "account_purged"
    ACCOUNT_UNLINKED = "account_unlinked"
    ASSURANCE_LEVEL_CHANGE = "assurance_level_change"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CREDENTIAL_CHANGE = "credential_change"
    DELETION_REQUESTED = "deletion_requested"
    IDENTIFIER_CHANGED = "identifier_changed"
    SESSION_REVOKED = "session_revoked"


Value = str | int | list[str] | None


def add(signal: Signal, account_id: UUID, *, client_id: str | None = None, **data: Value) -> None:
    """Note *signal* about the account in the present transaction; *client_id*: only this relying party hears it.

    *data* are plain values without personal facts (levels, kinds, reasons, item names).
    """
    payload = {"signal": signal.value, "client_id": client_id, "data": data}
    # Nobody's share of the worker: whom it concerns is found out by the handler.
    message.add(KIND, payload, account_id, receiver="")
