"""Believe an ID token only after every check of OIDC Core §3.1.3.7 (and §12.2 for a refreshed one)."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from jose.utils import calculate_at_hash

from tongxing_client import errors, jwks, jwt, step_up

ALGORITHMS = jwks.ALGORITHMS
_MAX_SUB = 255
_MAX_AGE_OF_TOKEN = 600
# Every algorithm we accept hashes with SHA-256, which is what at_hash then uses (OIDC Core §3.1.3.6).
_INVALID = errors.IdTokenInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the token must say; ``acr_values`` here are essential, ``leeway`` is in seconds."""

    issuer: str
    client_id: str
    nonce: str | None = None
    access_token: str | None = None
    max_age: int | None = None
    acr_values: Collection[str] = ()
    algorithms: Collection[str] = ALGORITHMS
    trusted_audiences: Collection[str] = ()
    leeway: float = 30


def check(token: str, keys: jwks.KeySet, expected: Expected, now: float) -> Mapping[str, Any]:
    """The claims of ``token``; ``IdTokenInvalid`` names the first check that fails."""
    opened = jwt.verify(token, keys, expected.algorithms, _INVALID)
    claims = opened.claims
    # A logout or access token is no ID token, whoever signed it (RFC 8725 §3.11).
    if str(opened.header.get("typ", "JWT")).lower() not in {"jwt", "application/jwt"}:
        raise _INVALID("typ", "another kind of token")
    jwt.check_issuer(claims, expected.issuer, _INVALID)
    audiences = jwt.check_audience(claims, expected.client_id, expected.trusted_audiences, _INVALID)
    # With one audience azp may be left out (step 4); with several it may not (step 5).
    if claims.get("azp", expected.client_id if len(audiences) == 1 else None) != expected.client_id:
        raise _INVALID("azp", "issued to somebody else")
    jwt.check_times(claims, now, expected.leeway, _MAX_AGE_OF_TOKEN, _INVALID)
    _check_subject(claims)
    if expected.nonce is not None and not jwt.is_same(claims.get("nonce"), expected.nonce):
        raise _INVALID("nonce", "not the one of this login")
    _check_access_token(claims, expected.access_token)
    _check_authentication(claims, expected, now)
    return claims


def check_refreshed(new: Mapping[str, Any], old: Mapping[str, Any]) -> None:
    """``new`` continues the login of ``old``: same person, same authentication (OIDC Core §12.2)."""
    for name in ("iss", "sub", "auth_time", "azp", "nonce"):
        if name in new and new[name] != old.get(name):
            raise _INVALID(name, "changed with a refresh")


def _check_subject(claims: Mapping[str, Any]) -> None:
    sub = claims.get("sub")
    if not isinstance(sub, str) or not sub or len(sub) > _MAX_SUB or not sub.isascii():
        raise _INVALID("sub", "missing or not a subject identifier")
    if not isinstance(claims.get("sid", ""), str):
        raise _INVALID("sid", "not a string")


def _check_access_token(claims: Mapping[str, Any], access_token: str | None) -> None:
    if access_token is None or "at_hash" not in claims:
        return
    if not jwt.is_same(claims["at_hash"], calculate_at_hash(access_token, hashlib.sha256)):
        raise _INVALID("at_hash", "belongs to another access token")


def _check_authentication(claims: Mapping[str, Any], expected: Expected, now: float) -> None:
    if "auth_time" in claims or expected.max_age is not None:
        auth_time = jwt.number(claims, "auth_time", _INVALID)
        if auth_time > now + expected.leeway:
            raise _INVALID("auth_time", "in the future")
        if expected.max_age is not None and now - auth_time > expected.max_age + expected.leeway:
            raise _INVALID("auth_time", "longer ago than asked for")
    acr, amr = claims.get("acr"), claims.get("amr", [])
    if acr is not None and not isinstance(acr, str):
        raise _INVALID("acr", "not a string")
    if not isinstance(amr, list) or not all(isinstance(method, str) for method in amr):
        raise _INVALID("amr", "not a list of strings")
    if expected.acr_values and not step_up.satisfies(acr, expected.acr_values):
        raise _INVALID("acr", "below the level asked for")
