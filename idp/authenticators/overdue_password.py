"""A login that waits for a new password, because the old one is older than its policy allows.

Everything that opens the account was shown already; the ticket is for one journey in one browser.
"""

from uuid import UUID

from idp.ephemeral.store import EPHEMERAL
from idp.keys import field_cipher
from idp.keys.master_key import MasterKeyError
from idp.settings import SETTINGS


def begin(account_id: UUID, journey_id: str, browser: str) -> None:
    """Remember who may choose a new password in this journey."""
    sealed = field_cipher.seal(str(account_id), _context(journey_id, browser))
    EPHEMERAL.get().put(_key(journey_id), sealed.encode(), SETTINGS.get().lifetimes.journey)


def find(journey_id: str, browser: str) -> UUID | None:
    """Return whose password is overdue in this journey, or None."""
    sealed = EPHEMERAL.get().get(_key(journey_id))
    try:
        return (
            UUID(field_cipher.open_sealed(sealed.decode(), _context(journey_id, browser))) if sealed else None
        )
    except MasterKeyError:
        return None


def close(journey_id: str) -> bool:
    """End it; of many callers one gets True."""
    return EPHEMERAL.get().take(_key(journey_id)) is not None


def _key(journey_id: str) -> str:
    return f"overdue-password:{journey_id}"


def _context(journey_id: str, browser: str) -> str:
    return f"ephemeral.overdue_password:{journey_id}:{browser}"
