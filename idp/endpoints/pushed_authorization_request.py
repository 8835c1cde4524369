"""``pushed_authorization_request_endpoint`` (RFC 9126): a relying party leaves its request here before the browser."""

from typing import Any

from authlib.oauth2.rfc6749.errors import OAuth2Error

from idp import machine
from idp.authorization_server import SERVER
from idp.journey import pushed_request
from idp.machine import Answer, Call, Routes


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; who authenticates how is the token endpoint's to say (§5)."""
    return {
        "pushed_authorization_request_endpoint": f"{issuer}/par",
        "require_pushed_authorization_requests": False,
    }


def push(call: Call) -> Answer:
    """Check the request as the authorization endpoint would, keep it, answer its request_uri (§2.2)."""
    server = SERVER.get()
    try:
        request_uri = server.push(call)
    except OAuth2Error as error:
        return server.refuse(error, call)
    return machine.answer({"request_uri": request_uri, "expires_in": pushed_request.lifetime()}, 201)


ROUTES: Routes = {"/par": {"POST": push}}
