"""One browser's way through a recovery: what it has proven so far. Short-lived, sealed, bound to the browser.

Begins with a proven phone number, or with the ticket of a recovery that waits (then ``recovery_id`` is set).
"""

import hmac
import json
import re
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any
from uuid import UUID

from idp.ephemeral.store import EPHEMERAL
from idp.errors import Expired
from idp.keys import field_cipher
from idp.settings import SETTINGS

SHAPE = re.compile(r"[A-Za-z0-9_-]{32}")


@dataclass(frozen=True)
class Visit:
    """``own_number``: the phone is the account's; ``claim``: name and document as proven by the register.

    ``holder``: the blind index (hex) of the identity that was proven; ``proofs``: evidence codes, oldest first.
    """

    id: str
    browser: str
    phone: str = ""
    own_number: bool = False
    proofs: tuple[str, ...] = ()
    claim: tuple[tuple[str, str], ...] = ()
    account_id: str | None = None
    recovery_id: str | None = None

    def changed(self, **values: Any) -> "Visit":
        """Return the visit with some values replaced; `save` it."""
        return replace(self, **values)

    @property
    def recovery(self) -> UUID | None:
        """The recovery that this visit began or came back to."""
        return UUID(self.recovery_id) if self.recovery_id else None


def begin(browser: str, **facts: Any) -> Visit:
    """Open a visit in this browser and save it."""
    visit = Visit(id=secrets.token_urlsafe(24), browser=browser, **facts)
    save(visit)
    return visit


def save(visit: Visit) -> None:
    """Remember the visit for the life of a journey, counted from now."""
    sealed = field_cipher.seal(json.dumps(asdict(visit), ensure_ascii=False), _context(visit.id))
    EPHEMERAL.get().put(_key(visit.id), sealed.encode(), SETTINGS.get().lifetimes.journey)


def get(visit_id: str, browser: str) -> Visit:
    """Return this browser's visit; raises Expired ``journey_expired``, the same for another browser's."""
    sealed = EPHEMERAL.get().get(_key(visit_id)) if SHAPE.fullmatch(visit_id) else None
    if sealed is None:
        raise Expired("journey_expired")
    value = json.loads(field_cipher.open_sealed(sealed.decode(), _context(visit_id)))
    if not hmac.compare_digest(value["browser"].encode(), browser.encode()):
        raise Expired("journey_expired")
    claim = tuple((name, text) for name, text in value["claim"])
    return Visit(**(value | {"proofs": tuple(value["proofs"]), "claim": claim}))


def close(visit: Visit) -> None:
    """Forget the visit."""
    EPHEMERAL.get().delete(_key(visit.id))


def _key(visit_id: str) -> str:
    return f"recovery-visit:{visit_id}"


def _context(visit_id: str) -> str:
    return f"ephemeral.recovery_visit:{visit_id}"
