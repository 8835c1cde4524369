"""The keys of this process, parsed once: signs and verifies JWTs (RFC 7515, RFC 7519) with no query and no parsing.

A rotation elsewhere reaches us by message, and at the latest after REFRESH_SECONDS; until then the old key,
which stays published, signs on.
"""

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key
from sqlalchemy.orm import make_transient

from idp.db import db
from idp.keys import signing_key
from idp.keys.signing_key import ALGORITHMS, CURRENT, SigningKey
from idp.per_app import PerApp

CHANNEL = "keys"
REFRESH_SECONDS = 300
# An unknown kid makes us look at the database, but a stranger cannot make us look more often than this.
UNKNOWN_KID_SECONDS = 5


class InvalidToken(Exception):
    """The text is no JWT that this provider signed."""


@dataclass
class _Keys:
    by_kid: dict[str, SigningKey] = field(default_factory=dict)
    current: dict[str, SigningKey] = field(default_factory=dict)
    jwks: bytes = b""
    loaded: float = float("-inf")


class Keyring:
    """Signs with the current key of an algorithm, verifies with any published one."""

    def __init__(self) -> None:
        self._keys = _Keys()
        self._private: dict[str, Key] = {}
        self._lock = threading.RLock()

    def sign(self, claims: dict[str, Any], *, typ: str, alg: str = "ES256") -> str:
        """Return *claims* as a compact JWT with the header type *typ*; KeyError when there is no key for *alg*."""
        key = self._fresh().current[alg]
        private = self._open(key)
        return jwt.encode({"alg": alg, "typ": typ, "kid": key.kid}, claims, private, algorithms=[alg])

    def verify(self, token: str, *, typ: str) -> dict[str, Any]:
        """Return the claims of a JWT of ours with the header type *typ*, whatever their times say.

        Raises InvalidToken. Times and audience are the caller's to judge.
        """
        header = _header(token)
        kid = header.get("kid")
        if not isinstance(kid, str) or str(header.get("typ", "")).lower() != typ.lower():
            raise InvalidToken
        key = self._fresh().by_kid.get(kid) or self._look_again(kid)
        if key is None or header.get("alg") != key.alg:
            raise InvalidToken
        try:
            return jwt.decode(token, self._open(key), algorithms=[key.alg]).claims
        except (JoseError, ValueError) as error:
            raise InvalidToken from error

    def verify_ever(self, token: str, *, typ: str) -> dict[str, Any]:
        """Return the claims of what any key of ours ever signed (audit checkpoints, years later).

        Raises InvalidToken. Not for tokens: a retired key must stop counting for them.
        """
        header = _header(token)
        key = signing_key.find_public(str(header.get("kid")))
        if key is None or str(header.get("typ", "")).lower() != typ.lower():
            raise InvalidToken
        try:
            return jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError) as error:
            raise InvalidToken from error

    def jwks(self) -> bytes:
        """Return the published key set (RFC 7517 §5) as bytes."""
        return self._fresh().jwks

    def check_ready(self) -> None:
        """Raise LookupError unless there is a current key of every algorithm."""
        current = self._fresh().current
        if missing := [alg for alg in ALGORITHMS if alg not in current]:
            raise LookupError(f"no current key for {missing}")

    def forget(self, _message: str = "*") -> None:
        """Load again at the next use (a rotation was announced)."""
        self._keys.loaded = float("-inf")

    def _fresh(self) -> _Keys:
        keys = self._keys
        if time.monotonic() - keys.loaded < REFRESH_SECONDS:
            return keys
        with self._lock:
            if time.monotonic() - self._keys.loaded >= REFRESH_SECONDS:
                self._keys = self._load()
            return self._keys

    def _load(self) -> _Keys:
        rows = list(signing_key.all_keys())
        for row in rows:
            # They outlive the session that read them.
            db.session.expunge(row)
            make_transient(row)
        rows.sort(key=lambda row: (ALGORITHMS.index(row.alg), row.state != CURRENT))
        jwks = json.dumps({"keys": [row.public_jwk for row in rows]}, separators=(",", ":")).encode()
        return _Keys(
            by_kid={row.kid: row for row in rows},
            current={row.alg: row for row in rows if row.state == CURRENT},
            jwks=jwks,
            loaded=time.monotonic(),
        )

    def _look_again(self, kid: str) -> SigningKey | None:
        with self._lock:
            if time.monotonic() - self._keys.loaded > UNKNOWN_KID_SECONDS:
                self._keys = self._load()
        return self._keys.by_kid.get(kid)

    def _open(self, key: SigningKey) -> Key:
        private = self._private.get(key.kid)
        if private is None:
            with self._lock:
                private = self._private.setdefault(key.kid, signing_key.open_private(key))
        return private


KEYRING: PerApp[Keyring] = PerApp("keyring")


def _header(token: str) -> dict[str, Any]:
    try:
        first = token.split(".", 1)[0]
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except ValueError as error:
        raise InvalidToken from error
    if not isinstance(header, dict):
        raise InvalidToken
    return header
