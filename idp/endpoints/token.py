"""``token_endpoint`` (RFC 6749 §3.2): codes, refresh tokens and client credentials become tokens."""

from typing import Any

from idp import client_auth, grants
from idp.authorization_server import SERVER
from idp.client_auth import private_key_jwt
from idp.keys import signing_key
from idp.machine import Answer, Call, Routes
from idp.relying_parties import relying_party


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise grants and client authentication."""
    return {
        "token_endpoint": f"{issuer}/token",
        "grant_types_supported": list(grants.GRANT_TYPES),
        "token_endpoint_auth_methods_supported": list(client_auth.METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(private_key_jwt.ALGORITHMS),
        "id_token_signing_alg_values_supported": list(signing_key.ALGORITHMS),
        "subject_types_supported": [relying_party.PAIRWISE, relying_party.PUBLIC],
    }


def token(call: Call) -> Answer:
    """Answer a token request."""
    return SERVER.get().token(call)


ROUTES: Routes = {"/token": {"POST": token}}
