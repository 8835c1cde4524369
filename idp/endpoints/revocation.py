"""``revocation_endpoint`` (RFC 7009): a relying party gives a token back."""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, OAuth2Error
from flask import Blueprint, Response, request

from idp import client_auth, machine
from idp.authorization_server import SERVER
from idp.db import commit
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import access_token, grant, refresh_token

blueprint = Blueprint("revocation", __name__)


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; public clients may revoke their own tokens too (§5)."""
    return {
        "revocation_endpoint": f"{issuer}/revoke",
        "revocation_endpoint_auth_methods_supported": list(client_auth.METHODS),
    }


@blueprint.route("/revoke", methods=["POST", "OPTIONS"])
def revoke() -> Response:
    """Revoke a refresh token with its whole grant, or one access token; an unknown token is no error (§2.2)."""
    if request.method == "OPTIONS":
        return machine.preflight("POST")
    server = SERVER.get()
    call = machine.call()
    try:
        rp = server.authenticated("/revoke", call, public=True)
        if "token" not in call.form:
            raise InvalidRequestError("Missing token")
        _revoke(call.form["token"], rp)
    except OAuth2Error as error:
        return machine.send(server.refuse(error, call))
    return machine.answer({})


def _revoke(text: str, rp: RelyingParty) -> None:
    token = access_token.find(text)
    if token is not None:
        if token.client_id != rp.client_id:
            raise InvalidGrantError("The token was issued to another client")
        access_token.revoke(token)
        return
    found = refresh_token.find(text)
    if found is None:
        return
    if found.client_id != rp.client_id:
        raise InvalidGrantError("The token was issued to another client")
    revoked = grant.revoke(found.id, "revoked_by_relying_party")
    commit()
    if revoked is not None:
        grant.forget(revoked)
