"""Open a signed token (RFC 7515, RFC 7519): form, algorithm, key and signature, before any claim is read.

The algorithm is compared with the caller's list first; ``none`` and HMAC are never on it, so neither an
unsigned token nor one "signed" with a public key gets as far as a key.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jose import jws
from jose.exceptions import JOSEError

from tongxing_client import errors, json_object, jwks

MAX_CHARACTERS = 64 * 1024
_MAX_SECONDS = 1e12
# python-jose reads base64 leniently; this holds the compact form to the letter.
_COMPACT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Jwt:
    """A token whose signature holds."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]


def verify(
    token: str, keys: jwks.KeySet, algorithms: Collection[str], invalid: type[errors.TokenInvalid]
) -> Jwt:
    """The content of ``token`` signed by one of ``keys``; raises ``invalid`` naming the check that failed."""
    form = _COMPACT.fullmatch(token) if len(token) <= MAX_CHARACTERS else None
    if form is None:
        raise invalid("form", "not a signed token in compact form")
    header, claims = _part(form[1], invalid), _part(form[2], invalid)
    alg, kid = header.get("alg"), header.get("kid")
    if not isinstance(alg, str) or alg not in algorithms or alg not in jwks.ALGORITHMS:
        raise invalid("alg", "not an algorithm we accept")
    if "crit" in header:
        raise invalid("crit", "asks for an extension we do not know")
    if kid is not None and not isinstance(kid, str):
        raise invalid("kid", "not a string")
    candidates = keys.find(kid, alg)
    if not candidates:
        raise invalid("kid", "no such key of the provider")
    for key in candidates:
        try:
            jws.verify(token, key, [alg])
        except JOSEError:
            continue
        return Jwt(header, claims)
    raise invalid("signature", "does not hold")


def _part(text: str, invalid: type[errors.TokenInvalid]) -> dict[str, Any]:
    try:
        return json_object.parse(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error) as error:
        raise invalid("form", str(error)) from None


def check_issuer(claims: Mapping[str, Any], issuer: str, invalid: type[errors.TokenInvalid]) -> None:
    """``iss`` is exactly our provider (RFC 7519 §4.1.1)."""
    if claims.get("iss") != issuer:
        raise invalid("iss", "another issuer")


def check_audience(
    claims: Mapping[str, Any], client_id: str, trusted: Collection[str], invalid: type[errors.TokenInvalid]
) -> list[str]:
    """``aud`` names us and nobody we do not trust (OIDC Core §3.1.3.7 step 3); the audiences."""
    aud = claims.get("aud")
    audiences = [aud] if isinstance(aud, str) else aud
    if not isinstance(audiences, list) or not all(isinstance(one, str) for one in audiences):
        raise invalid("aud", "neither a string nor a list of strings")
    if client_id not in audiences:
        raise invalid("aud", "not meant for us")
    if any(one != client_id and one not in trusted for one in audiences):
        raise invalid("aud", "meant for somebody we do not trust as well")
    return audiences


def number(claims: Mapping[str, Any], name: str, invalid: type[errors.TokenInvalid]) -> float:
    """The NumericDate ``name`` (RFC 7519 §2)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MAX_SECONDS:
        raise invalid(name, "missing or not a number")
    return value


def check_times(
    claims: Mapping[str, Any], now: float, leeway: float, max_age: float, invalid: type[errors.TokenInvalid]
) -> None:
    """``exp`` is ahead, ``iat`` neither ahead nor older than ``max_age``, ``nbf`` not ahead."""
    if number(claims, "exp", invalid) <= now - leeway:
        raise invalid("exp", "expired")
    issued_at = number(claims, "iat", invalid)
    if issued_at > now + leeway:
        raise invalid("iat", "issued in the future")
    if issued_at < now - max_age - leeway:
        raise invalid("iat", "issued too long ago")
    if "nbf" in claims and number(claims, "nbf", invalid) > now + leeway:
        raise invalid("nbf", "not valid yet")


def is_same(left: object, right: str) -> bool:
    """Whether ``left`` is the string ``right``, compared in constant time."""
    return isinstance(left, str) and hmac.compare_digest(left.encode(), right.encode())
