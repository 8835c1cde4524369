"""``introspection_endpoint`` (RFC 7662): whether a token counts right now. One round trip, no database, for access tokens."""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error
from flask import Blueprint, Response

from idp import client_auth, machine
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.authorization_server import SERVER
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import access_token, refresh_token

blueprint = Blueprint("introspection", __name__)

# What an access token says of itself and introspection repeats (RFC 7662 §2.2, RFC 9068 §2.2).
REPEATED = ("iss", "sub", "aud", "client_id", "scope", "exp", "iat", "jti", "auth_time", "amr")


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; only clients that can keep a secret may ask."""
    return {
        "introspection_endpoint": f"{issuer}/introspect",
        "introspection_endpoint_auth_methods_supported": list(client_auth.CONFIDENTIAL),
    }


@blueprint.post("/introspect")
def introspect() -> Response:
    """Answer whether the token is active and what it says."""
    server = SERVER.get()
    call = machine.call()
    try:
        rp = server.authenticated("/introspect", call, public=False)
        if "token" not in call.form:
            raise InvalidRequestError("Missing token")
    except OAuth2Error as error:
        return machine.send(server.refuse(error, call))
    described = _describe(call.form["token"], rp)
    BATCH.get().enqueue(EventName.TOKEN_INTROSPECTED, client_id=rp.client_id, active=described is not None)
    return machine.answer(described or {"active": False})


def _describe(text: str, rp: RelyingParty) -> dict[str, Any] | None:
    token = access_token.find(text)
    if token is None:
        return _describe_refresh_token(text, rp)
    # A token that is neither this caller's nor meant for it is none of its business (RFC 7662 §4).
    if rp.client_id != token.client_id and rp.client_id not in token.audience:
        return None
    if access_token.is_revoked(token):
        return None
    repeated = {name: token.claims[name] for name in REPEATED if name in token.claims}
    return {"active": True, "token_type": "Bearer"} | repeated


def _describe_refresh_token(text: str, rp: RelyingParty) -> dict[str, Any] | None:
    grant = refresh_token.find(text)
    if grant is None or grant.client_id != rp.client_id:
        return None
    return {
        "active": True,
        "client_id": grant.client_id,
        "sub": grant.sub,
        "scope": grant.scope,
        "exp": int(grant.expires_at.timestamp()),
        "iat": int((grant.rotated_at or grant.created_at).timestamp()),
    }
