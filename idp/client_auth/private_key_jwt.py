"""``private_key_jwt``: a JWT signed by the relying party's registered key (RFC 7523 §2.2, §3; OIDC Core §9).

The audience may be the issuer, the token endpoint, or the endpoint that is called. Each assertion counts once.
"""

from collections.abc import Callable
from typing import Any

from idp import clock
from idp.ephemeral.store import EPHEMERAL
from idp.keys import compact_jwt, field_cipher, jwk_rules
from idp.keys.compact_jwt import NotVerified
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

METHOD = "private_key_jwt"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = jwk_rules.SIGNING_ALGS
# An assertion is made for one request: a life beyond this is a mistake of its maker, and would fill our memory.
MAX_LIFE_SECONDS = 600
LEEWAY_SECONDS = 30
MAX_JTI = 256
PUSHING = "/par"


def authenticate(find: Callable[[str], RelyingParty | None], request: Any) -> RelyingParty | None:
    """Check client_assertion against the registered keys and use it up."""
    form = request.form
    if form.get("client_assertion_type") != ASSERTION_TYPE or not form.get("client_assertion"):
        return None
    assertion = form["client_assertion"]
    try:
        client_id = compact_jwt.unverified_claims(assertion).get("iss")
        if not isinstance(client_id, str) or form.get("client_id", client_id) != client_id:
            return None
        rp = find(client_id)
        if rp is None or rp.jwks is None:
            return None
        registered = rp.token_endpoint_auth_signing_alg
        claims = compact_jwt.verify(assertion, rp.jwks, [registered] if registered else ALGORITHMS)
    except NotVerified:
        return None
    if rp.is_federated and request.uri.endswith(PUSHING) and claims.get("aud") not in _issuer_alone():
        return None
    return rp if _is_acceptable(claims, client_id, request.uri) and _is_first_use(claims, client_id) else None


def claimed_client(assertion: str) -> str:
    """Return who an assertion says to be, to look for them; empty where it says nothing."""
    try:
        client_id = compact_jwt.unverified_claims(assertion).get("iss")
    except NotVerified:
        return ""
    return client_id if isinstance(client_id, str) else ""


def _issuer_alone() -> tuple[str, list[str]]:
    """The only audience for a member of the federation that pushes (OpenID Federation 1.0 §12.1.1.2)."""
    issuer = SETTINGS.get().issuer
    return issuer, [issuer]


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
        and compact_jwt.is_number(expires)
        and now - LEEWAY_SECONDS < expires <= now + MAX_LIFE_SECONDS + LEEWAY_SECONDS
        and compact_jwt.is_number(not_before)
        and not_before <= now + LEEWAY_SECONDS
        and isinstance(jti, str)
        and 0 < len(jti) <= MAX_JTI
        and jti.isprintable()  # a lone surrogate is none, and nothing could be made of it
    )


def _is_first_use(claims: dict[str, Any], client_id: str) -> bool:
    key = field_cipher.secret_digest("client_assertion", f"{client_id}\0{claims['jti']}").hex()
    return EPHEMERAL.get().add_if_absent(f"assertion:{key}", b"1", MAX_LIFE_SECONDS + 2 * LEEWAY_SECONDS)
