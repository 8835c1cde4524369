"""JWTs of the federation (OpenID Federation 1.0 §3, §7; RFC 8725 §3.11): read strictly, then verified. Pure.

Whatever arrives is judged in two steps: its shape, before anybody's keys are known, and its signature. JSON that two
readers could understand differently (names that stand twice, numbers that are none, depth without end) is no statement.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import KeySet

from idp import strict_json
from idp.keys import compact_jwt, jwk_rules
from idp.keys.compact_jwt import NotVerified

LONGEST = 4_194_304  # characters; the most that settings let be fetched, the doors let pass less
LONGEST_HEADER = 131_072  # a header may carry a whole trust chain
LONGEST_KID = 200
SKEW = 60  # seconds that another clock may be wrong
LATEST = 253_402_300_799  # the end of the year 9999, beyond which no date is
_SHOWN = 200
_COMPACT = re.compile(
    r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"
)  # an unsigned one is refused for its alg


class JwtRefused(Exception):
    """Not what it must be: the rule it breaks (``typ``, ``kid``, ``exp``, …) and what stands there instead."""

    def __init__(self, rule: str, value: Any = None) -> None:
        super().__init__(rule)
        self.rule, self.value = rule, shown(value)


@dataclass(frozen=True)
class SignedJwt:
    """A JWT whose shape is right; `verify` says whether its signature is."""

    token: str
    kid: str
    alg: str
    header: Mapping[str, Any] = field(repr=False)
    claims: Mapping[str, Any] = field(repr=False)


def read(token: str, *, typ: str, longest: int = LONGEST) -> SignedJwt:
    """Return the JWT of the type *typ*; raises JwtRefused."""
    if len(token) > longest:
        raise JwtRefused("size", len(token))
    if not _COMPACT.fullmatch(token):
        raise JwtRefused("jwt", None)
    parts = token.split(".")
    if len(parts[0]) > LONGEST_HEADER:
        raise JwtRefused("size", len(parts[0]))
    header, claims = _object(parts[0], "header"), _object(parts[1], "claims")
    if header.get("typ") != typ:
        raise JwtRefused("typ", header.get("typ"))
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in jwk_rules.SIGNING_ALGS:
        raise JwtRefused("alg", alg)
    if not isinstance(kid, str) or not 0 < len(kid) <= LONGEST_KID:
        raise JwtRefused("kid", kid)
    # No extension of JWS is understood here, and one that is critical must be (RFC 7515 §4.1.11).
    if "crit" in header:
        raise JwtRefused("header_crit", header["crit"])
    return SignedJwt(token, kid, alg, header, claims)


def verify(signed: SignedJwt, keys: KeySet) -> None:
    """Raise JwtRefused unless the key of that name signed it."""
    key = next((key for key in keys.keys if key.kid == signed.kid), None)
    if key is None:
        raise JwtRefused("unknown_key", signed.kid)
    if signed.alg not in jwk_rules.algs(KeySet([key])):
        raise JwtRefused("alg", signed.alg)
    try:
        compact_jwt.verify(signed.token, key, [signed.alg])
    except NotVerified as error:
        raise JwtRefused("signature", signed.kid) from error


def seconds(claims: Mapping[str, Any], name: str) -> int:
    """Return a time claim (NumericDate, RFC 7519 §2) in whole seconds; raises JwtRefused."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST:
        raise JwtRefused(name, value)
    return int(value)


def check_time(iat: int, exp: int | None, now: int) -> None:
    """Raise JwtRefused unless it is in force: another clock may be a little ahead, but what has ended has ended."""
    if iat > now + SKEW:
        raise JwtRefused("iat", iat)
    if exp is not None and exp <= now:
        raise JwtRefused("exp", exp)


def shown(value: Any) -> Any:
    """Return *value* short enough for a log and an explanation."""
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or abs(value) <= LATEST else str(LATEST)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    if len(text) > _SHOWN:
        return text[:_SHOWN] + "…"
    return value


def _object(part: str, what: str) -> dict[str, Any]:
    try:
        plain = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
        return strict_json.load_object(plain.decode())
    except ValueError as error:
        raise JwtRefused(what, None) from error
