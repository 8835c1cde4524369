"""Service tickets: good once, for one address, for a minute (CAS protocol 3.0 §3.1)."""

import dataclasses
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Self

from tongxing_client import session_store

SECONDS = 60
_PREFIX = "ST-"
_KIND = "cas-ticket"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a ticket stands for. ``is_renewed``: the person authenticated for this very ticket (§2.1.1, renew)."""

    service: str
    user: str
    attributes: Mapping[str, Any]
    is_renewed: bool

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from the store."""
        return cls(**json.loads(text))


def issue(store: session_store.SessionStore, granted: Granted) -> str:
    """A new ticket; the store has only its digest."""
    ticket = _PREFIX + secrets.token_urlsafe(32)
    store.put(_KIND, _digest(ticket), json.dumps(dataclasses.asdict(granted)), SECONDS)
    return ticket


def take(store: session_store.SessionStore, ticket: str) -> Granted | None:
    """What the ticket stands for, once; None for one that never was, is used, or is too old."""
    kept = store.take(_KIND, _digest(ticket))
    return None if kept is None else Granted.from_json(kept)


def _digest(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()
