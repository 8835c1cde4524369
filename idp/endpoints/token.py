"""``token_endpoint`` (RFC 6749 §3.2): codes, refresh tokens and client credentials become tokens."""

from typing import Any

from flask import Blueprint, Response, request

from idp import client_auth, grants, machine
from idp.authorization_server import SERVER
from idp.keys import signing_key
from idp.relying_parties import relying_party

blueprint = Blueprint("token", __name__)


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise grants and client authentication."""
    return {
        "token_endpoint": f"{issuer}/token",
        "grant_types_supported": list(grants.GRANT_TYPES),
        "token_endpoint_auth_methods_supported": list(client_auth.METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(client_auth.private_key_jwt.ALGORITHMS),
        "id_token_signing_alg_values_supported": list(signing_key.ALGORITHMS),
        "subject_types_supported": [relying_party.PAIRWISE, relying_party.PUBLIC],
    }


@blueprint.route("/token", methods=["POST", "OPTIONS"])
def token() -> Response:
    """Answer a token request."""
    if request.method == "OPTIONS":
        return machine.preflight("POST")
    return machine.send(SERVER.get().token(machine.call()))
