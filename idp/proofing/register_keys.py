"""The registers' public keys, and checking that a statement is theirs (JWS, RFC 7515; JWT, RFC 7519).

The keys come from the file ``settings.registers.keys_file`` (a JWK set, RFC 7517 §5), read again when it changes,
so that a register can turn its keys without a restart here. Only ES256 counts.
"""

import json
import re
import threading
from pathlib import Path
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from idp import clock
from idp.errors import Unavailable, Upstream
from idp.keys import compact_jwt
from idp.per_app import PerApp

ALGORITHMS = ("ES256",)
SKEW = 60  # seconds that another clock may be wrong
LONGEST_LIFE = 300  # seconds
_JTI = re.compile(r"[!-~]{1,100}")  # a UUID has 36


class RegisterKeys:
    """The key set of one file, kept as long as the file stays as it is."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._version: tuple[int, int] | None = None
        self._keys: KeySet | None = None
        self._lock = threading.Lock()

    def get(self) -> KeySet:
        """Return the keys; raises Unavailable ``register_keys_missing`` when the file cannot be used."""
        with self._lock:
            try:
                status = self._file.stat()
                version = (status.st_mtime_ns, status.st_size)
                if self._keys is None or version != self._version:
                    self._keys = _read(self._file)
                    self._version = version
            except (OSError, JoseError, ValueError, TypeError, KeyError) as error:
                raise Unavailable(
                    "register_keys_missing", detail=f"keys_file: {type(error).__name__}", retry_after=60
                ) from error
            return self._keys


KEYS: PerApp[RegisterKeys] = PerApp("register_keys")


def verify(statement: str, *, typ: str, issuer: str | None = None) -> dict[str, Any]:
    """Return the claims of a register's signed *statement* that is of type *typ* and valid now.

    Raises Upstream ``register_statement_invalid`` for anything else, whatever it is; its ``detail`` says why.
    """
    keys = KEYS.get().get()
    try:
        header = compact_jwt.unverified_header(statement)
        claims = compact_jwt.verify(statement, keys, ALGORITHMS)
    except compact_jwt.NotVerified as error:
        raise _invalid("signature") from error
    if header.get("typ") != typ:
        raise _invalid("typ")
    if issuer is not None and claims.get("iss") != issuer:
        raise _invalid("iss")
    _check_times(claims)
    jti = claims.get("jti")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise _invalid("jti")
    return claims


def _check_times(claims: dict[str, Any]) -> None:
    now = clock.timestamp()
    issued, ends = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or type(ends) is not int:
        raise _invalid("times")
    if issued > now + SKEW or not 0 < ends - issued <= LONGEST_LIFE:
        raise _invalid("iat")
    if ends < now - SKEW:
        raise _invalid("exp")


def _read(file: Path) -> KeySet:
    keys = KeySet.import_key_set(json.loads(file.read_text(encoding="utf-8")))
    if not keys.keys:
        raise ValueError("no keys")
    return keys


def _invalid(reason: str) -> Upstream:
    return Upstream("register_statement_invalid", detail=reason)
