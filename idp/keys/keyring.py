"""The keys of this process, parsed once: signs and verifies JWTs (RFC 7515, RFC 7519) with no query and no parsing.

A rotation elsewhere reaches us by message, and at the latest after REFRESH_SECONDS; until then the old key,
which stays published, signs on.
"""

import json
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import Key
from sqlalchemy.orm import make_transient

from idp import logs
from idp.db import db
from idp.keys import compact_jwt, signing_key
from idp.keys.compact_jwt import NotVerified
from idp.keys.master_key import MasterKeyError
from idp.keys.signing_key import ALGORITHMS, CURRENT, SigningKey
from idp.per_app import PerApp

CHANNEL = "keys"
REFRESH_SECONDS = 300
# An unknown kid makes us look at the database, but a stranger cannot make us look more often than this.
UNKNOWN_KID_SECONDS = 5

LOG = logs.get(__name__)


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
        return compact_jwt.sign({"alg": alg, "typ": typ, "kid": key.kid}, claims, private)

    def verify(self, token: str, *, typ: str) -> dict[str, Any]:
        """Return the claims of a JWT of ours with the header type *typ*, whatever their times say.

        Raises InvalidToken. Times and audience are the caller's to judge.
        """
        header = _header(token, typ)
        key = self._fresh().by_kid.get(header["kid"]) or self._look_again(header["kid"])
        if key is None or header.get("alg") != key.alg:
            raise InvalidToken
        return _verified(token, self._open(key), [key.alg])

    def verify_ever(self, token: str, *, typ: str) -> dict[str, Any]:
        """Return the claims of what any key of ours ever signed (audit checkpoints, hints, years later).

        Raises InvalidToken. Not for tokens that give access: an archived key must stop counting for them.
        """
        try:
            key = signing_key.find_public(_header(token, typ)["kid"])
        except MasterKeyError as error:
            raise InvalidToken from error
        if key is None:
            raise InvalidToken
        return _verified(token, key, ALGORITHMS)

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
        published: list[tuple[SigningKey, dict[str, Any]]] = []
        for row in signing_key.all_keys():
            try:
                published.append((row, signing_key.public_jwk(row)))
            except MasterKeyError:
                LOG.exception("a signing key in the database is not ours; it is ignored", kid=row.kid)
            # They outlive the session that read them.
            db.session.expunge(row)
            make_transient(row)
        published.sort(key=lambda one: (ALGORITHMS.index(one[0].alg), one[0].state != CURRENT))
        rows = [row for row, _jwk in published]
        jwks = json.dumps({"keys": [jwk for _row, jwk in published]}, separators=(",", ":")).encode()
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


def _header(token: str, typ: str) -> dict[str, Any]:
    try:
        header = compact_jwt.unverified_header(token)
    except NotVerified as error:
        raise InvalidToken from error
    kid = header.get("kid")
    # Our kids are hexadecimal: anything else could not even be looked up.
    if not isinstance(kid, str) or not (kid.isascii() and kid.isalnum()):
        raise InvalidToken
    if str(header.get("typ", "")).lower() != typ.lower():
        raise InvalidToken
    return header


def _verified(token: str, key: Key, algorithms: Collection[str]) -> dict[str, Any]:
    try:
        return compact_jwt.verify(token, key, algorithms)
    except NotVerified as error:
        raise InvalidToken from error
