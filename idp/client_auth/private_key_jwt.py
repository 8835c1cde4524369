"""``private_key_jwt``: a JWT signed by the relying party's registered key (RFC 7523 §2.2, §3; OIDC Core §9).

The audience may be the issuer, the token endpoint, or the endpoint that is called. Each assertion counts once.
"""

import base64
import json
from collections.abc import Callable
from typing import Any, TypeGuard

from joserfc import jwt
from joserfc.errors import JoseError

from idp import clock
from idp.ephemeral.store import EPHEMERAL
from idp.keys import field_cipher
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

METHOD = "private_key_jwt"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("ES256", "RS256", "PS256", "EdDSA")
# An assertion is made for one request: a life beyond this is a mistake of its maker, and would fill our memory.
MAX_LIFE_SECONDS = 600
LEEWAY_SECONDS = 30
MAX_JTI = 256


def authenticate(find: Callable[[str], RelyingParty | None], request: Any) -> RelyingParty | None:
    """Check client_assertion against the registered keys and use it up."""
    form = request.form
    if form.get("client_assertion_type") != ASSERTION_TYPE or not form.get("client_assertion"):
        return None
    assertion = form["client_assertion"]
    client_id = _unverified_issuer(assertion)
    if client_id is None or form.get("client_id", client_id) != client_id:
        return None
    rp = find(client_id)
    if rp is None or rp.jwks is None:
        return None
    registered = rp.token_endpoint_auth_signing_alg
    try:
        claims = jwt.decode(
            assertion, rp.jwks, algorithms=[registered] if registered else list(ALGORITHMS)
        ).claims
    except (JoseError, ValueError, TypeError):
        return None
    return rp if _is_acceptable(claims, client_id, request.uri) and _is_first_use(claims, client_id) else None


def _unverified_issuer(assertion: str) -> str | None:
    try:
        claims = json.loads(_segment(assertion))
    except (ValueError, IndexError, RecursionError):
        return None
    issuer = claims.get("iss") if isinstance(claims, dict) else None
    return issuer if isinstance(issuer, str) else None


def _segment(assertion: str) -> bytes:
    payload = assertion.split(".")[1]
    return base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))


def _is_acceptable(claims: dict[str, Any], client_id: str, uri: str) -> bool:
    issuer = SETTINGS.get().issuer
    now = clock.timestamp()
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience if isinstance(audience, list) else []
    expires, not_before = claims.get("exp"), claims.get("nbf", 0)
    jti = claims.get("jti")
    return (
        claims.get("iss") == claims.get("sub") == client_id
        and bool(
            {issuer, f"{issuer}/token", uri.partition("?")[0]}
            & {item for item in audiences if isinstance(item, str)}
        )
        and _is_number(expires)
        and now - LEEWAY_SECONDS < expires <= now + MAX_LIFE_SECONDS + LEEWAY_SECONDS
        and _is_number(not_before)
        and not_before <= now + LEEWAY_SECONDS
        and isinstance(jti, str)
        and 0 < len(jti) <= MAX_JTI
    )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_first_use(claims: dict[str, Any], client_id: str) -> bool:
    key = field_cipher.secret_digest("client_assertion", f"{client_id}\0{claims['jti']}").hex()
    return EPHEMERAL.get().add_if_absent(f"assertion:{key}", b"1", MAX_LIFE_SECONDS + 2 * LEEWAY_SECONDS)
