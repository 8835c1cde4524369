"""Request objects by value: an authorization request signed by the relying party (RFC 9101, OIDC Core §6.1).

What counts is what was signed: parameters beside the object are not read (RFC 9101 §6.3). Each object counts once, and
is no other kind of JWT: `typ` says so where it is given, and there is no ``sub`` (RFC 9101 §10.8, OpenID Federation 1.0
§12.1.1.1). Objects are never fetched and never encrypted.
"""

import json
from collections.abc import Mapping
from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp import clock
from idp.ephemeral.store import EPHEMERAL
from idp.keys import compact_jwt, field_cipher, jwk_rules
from idp.keys.compact_jwt import NotVerified
from idp.relying_parties.relying_party import AUTOMATIC, RelyingParty
from idp.settings import SETTINGS

ALGORITHMS = jwk_rules.SIGNING_ALGS
TYPES = frozenset({"oauth-authz-req+jwt", "jwt"})
# Made for one request: who signs one for longer makes a token that anybody may find and use.
MAX_LIFE_SECONDS = 3600
LEEWAY_SECONDS = 30
MAX_JTI = 256
LONGEST = 48 * 1024
# What the JWT says of itself (RFC 7519 §4.1) is no parameter of the request.
OF_THE_JWT = frozenset({"iss", "aud", "exp", "nbf", "iat", "jti", "sub"})
NOT_INSIDE = ("request", "request_uri", "client_assertion", "client_secret")


class InvalidRequestObject(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """The request object breaks a rule (RFC 9101 §7)."""

    error = "invalid_request_object"


def read(token: str, rp: RelyingParty) -> dict[str, str]:
    """Return the parameters that *rp* signed, and use the object up; raises InvalidRequestObject."""
    claims = _verified(token, rp)
    _check_addressed(claims, rp)
    _check_time(claims)
    params = {name: _text(value) for name, value in claims.items() if name not in OF_THE_JWT}
    if params.get("client_id") != rp.client_id:
        raise InvalidRequestObject("client_id of the request object is not the client's")
    if inside := [name for name in NOT_INSIDE if name in params]:
        raise InvalidRequestObject(f"{inside[0]} has no place in a request object")
    _use_up(claims, rp)
    return params


def check_wanted(params: Mapping[str, str], rp: RelyingParty, *, pushed: bool) -> None:
    """Raise InvalidRequestError for a request that *rp* registered to sign, and did not (RFC 9101 §10.5).

    Who was registered by nobody proves itself by each request, signed or pushed (OpenID Federation 1.0 §12.1.1).
    """
    if "request" in params:
        return
    if rp.require_signed_request_object:
        raise InvalidRequestError("A signed request object is required of this client")
    if rp.registration == AUTOMATIC and not pushed:
        raise InvalidRequestError("The requests of this client must be signed or pushed")


def _verified(token: str, rp: RelyingParty) -> dict[str, Any]:
    if len(token) > LONGEST:
        raise InvalidRequestObject("The request object is too long")
    if token.count(".") == 4:  # noqa: PLR2004 - the five parts of a JWE (RFC 7516 §3)
        raise InvalidRequestObject("Encrypted request objects are not supported")
    if rp.jwks is None:
        raise InvalidRequestObject("The client has no keys registered that could sign a request object")
    named = rp.request_object_signing_alg
    try:
        kind = compact_jwt.unverified_header(token).get("typ", "jwt")
        claims = compact_jwt.verify(token, rp.jwks, [named] if named else ALGORITHMS)
    except NotVerified as error:
        raise InvalidRequestObject("The request object is not signed by a key of this client") from error
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in TYPES:
        raise InvalidRequestObject("typ of the request object must be oauth-authz-req+jwt")
    return claims


def _check_addressed(claims: dict[str, Any], rp: RelyingParty) -> None:
    if claims.get("iss") != rp.client_id:
        raise InvalidRequestObject("iss of the request object must be the client_id")
    audience, issuer = claims.get("aud"), SETTINGS.get().issuer
    audiences = audience if isinstance(audience, list) else [audience]
    if issuer not in audiences:
        raise InvalidRequestObject("aud of the request object must be the issuer")
    if rp.is_federated and audiences != [issuer]:
        raise InvalidRequestObject("aud of the request object must be the issuer alone")
    if "sub" in claims:
        raise InvalidRequestObject("sub has no place in a request object")


def _check_time(claims: dict[str, Any]) -> None:
    now, expires = clock.timestamp(), claims.get("exp")
    if not compact_jwt.is_number(expires):
        raise InvalidRequestObject("exp of the request object is missing")
    if expires <= now - LEEWAY_SECONDS:
        raise InvalidRequestObject("The request object has expired")
    if expires > now + MAX_LIFE_SECONDS + LEEWAY_SECONDS:
        raise InvalidRequestObject(f"exp of the request object is more than {MAX_LIFE_SECONDS} seconds ahead")
    for name in ("nbf", "iat"):
        begins = claims.get(name, 0)
        if not compact_jwt.is_number(begins) or begins > now + LEEWAY_SECONDS:
            raise InvalidRequestObject(f"{name} of the request object is still to come")


def _use_up(claims: dict[str, Any], rp: RelyingParty) -> None:
    jti = claims.get("jti")
    # A lone surrogate is not printable, and nothing could be made of it.
    if not isinstance(jti, str) or not 0 < len(jti) <= MAX_JTI or not jti.isprintable():
        raise InvalidRequestObject("jti of the request object is missing or malformed")
    key = field_cipher.secret_digest("request_object", f"{rp.client_id}\0{jti}").hex()
    life = MAX_LIFE_SECONDS + 2 * LEEWAY_SECONDS
    if not EPHEMERAL.get().add_if_absent(f"request_object:{key}", b"1", life):
        raise InvalidRequestObject("The request object was used before")


def _text(value: object) -> str:
    """Write a JSON value as the parameter it stands for (RFC 9101 §4, OIDC Core §6.1)."""
    if isinstance(value, str):
        written = value
    elif isinstance(value, bool) or value is None or isinstance(value, float):
        raise InvalidRequestObject("A member of the request object has a type that no parameter has")
    else:
        written = str(value) if isinstance(value, int) else json.dumps(value)
    try:
        written.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequestObject("The request object contains half a character") from error
    return written
