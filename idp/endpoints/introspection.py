"""``introspection_endpoint`` (RFC 7662): whether a token counts right now.

For access tokens: one round trip, no database.
"""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp import client_auth, machine
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.authorization_server import SERVER
from idp.client_auth import private_key_jwt
from idp.machine import Answer, Call, Routes
from idp.relying_parties import federated
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import access_token, refresh_token

# What an access token says of itself and introspection repeats (RFC 7662 §2.2, RFC 9068 §2.2).
REPEATED = (
    *("iss", "sub", "aud", "client_id", "scope", "exp", "iat", "jti"),
    # RFC 9470 §6.2, RFC 8693 §4.1, RFC 9396 §9.2.
    *("auth_time", "amr", "acr", "act", "authorization_details"),
)


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; only clients that can keep a secret may ask."""
    return {
        "introspection_endpoint": f"{issuer}/introspect",
        "introspection_endpoint_auth_methods_supported": list(client_auth.CONFIDENTIAL),
        "introspection_endpoint_auth_signing_alg_values_supported": list(private_key_jwt.ALGORITHMS),
    }


def introspect(call: Call) -> Answer:
    """Answer whether the token is active and what it says."""
    server = SERVER.get()
    try:
        rp = server.authenticated("/introspect", call, public=False)
        if "token" not in call.form:
            raise InvalidRequestError("Missing token")
    except OAuth2Error as error:
        return server.refuse(error, call)
    described = _describe(call.form["token"], rp)
    BATCH.get().enqueue(EventName.TOKEN_INTROSPECTED, client_id=rp.client_id, active=described is not None)
    return machine.answer(described or {"active": False})


ROUTES: Routes = {"/introspect": {"POST": introspect}}


def _describe(text: str, rp: RelyingParty) -> dict[str, Any] | None:
    token = access_token.find(text)
    if token is None:
        return _describe_refresh_token(text, rp)
    # A token that is neither this caller's nor meant for it is none of its business (RFC 7662 §4).
    if rp.client_id != token.client_id and rp.client_id not in token.audience:
        return None
    holder = federated.find(token.client_id)
    if access_token.is_revoked(token) or holder is None:
        return None
    repeated = {name: token.claims[name] for name in REPEATED if name in token.claims}
    if "scope" in repeated:
        # What its holder is not registered for any more counts no longer, whenever it was granted.
        repeated["scope"] = holder.get_allowed_scope(repeated["scope"])
    return {"active": True, "token_type": "Bearer"} | repeated


def _describe_refresh_token(text: str, rp: RelyingParty) -> dict[str, Any] | None:
    grant = refresh_token.find(text)
    if grant is None or grant.client_id != rp.client_id:
        return None
    return {
        "active": True,
        "client_id": grant.client_id,
        "sub": grant.sub,
        "scope": rp.get_allowed_scope(grant.scope),
        "exp": int(grant.expires_at.timestamp()),
        "iat": int((grant.rotated_at or grant.created_at).timestamp()),
    }
