"""Signing what hosted entities say, each with its own federation key: parsed once, kept in a bounded memory.

A key that another process rotated or revoked is noticed by message, and whoever signs names the ``kid`` that the
database held when they looked: a key that is not the current one signs nothing here.
"""

import threading
from typing import Any

from joserfc.jwk import Key

from idp.bounded import Bounded
from idp.federation import federation_key
from idp.federation.federation_key import FederationKey
from idp.keys import compact_jwt
from idp.per_app import PerApp

ENTRIES = 500
LIFE_SECONDS = 3600.0


class SigningKeys:
    """Private federation keys of this process, by entity and kid."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self._parsed: Bounded[tuple[str, str], Key] = Bounded(entries, LIFE_SECONDS)
        self._lock = threading.Lock()

    def open(self, row: FederationKey) -> Key:
        """Return the parsed private half; raises MasterKeyError for a row that holds none."""
        name = (row.entity_id, row.kid)
        with self._lock:
            key = self._parsed.get(name)
        if key is None:
            key = federation_key.open_private(row)
            with self._lock:
                self._parsed.put(name, key)
        return key


SIGNING_KEYS: PerApp[SigningKeys] = PerApp("federation_signing_keys")


def sign_with(row: FederationKey, claims: dict[str, Any], *, typ: str) -> str:
    """Return *claims* as a compact JWT of that type, signed by that key."""
    header = {"alg": federation_key.ALG, "typ": typ, "kid": row.kid}
    return compact_jwt.sign(header, claims, SIGNING_KEYS.get().open(row))


def sign(entity_id: str, claims: dict[str, Any], *, typ: str) -> str:
    """Return *claims* signed by the present key of a hosted entity; raises NotFound for one that has none."""
    return sign_with(federation_key.current(entity_id), claims, typ=typ)
