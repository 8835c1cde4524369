"""``account_link_endpoint``: an older system tells which account of its own was logged in to (docs/linking.md).

A member of our own beside those of RFC 8414 §2. The person came with a ``link_request`` from their page here, logs in
there, and goes back to the ``return_uri`` of the answer, where they see the account and say yes.
"""

from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp import machine
from idp.authorization_server import SERVER
from idp.linking import link_request
from idp.machine import Answer, Call, Routes
from idp.settings import SETTINGS

RETURN = "/account/linked/return"


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; clients authenticate as at the token endpoint."""
    return {"account_link_endpoint": f"{issuer}/account_link"}


def answer(call: Call) -> Answer:
    """Take ``link_request`` and ``legacy_id``; 404 for a request that was not made for this client, or is answered."""
    server = SERVER.get()
    try:
        rp = server.authenticated("/account_link", call, public=False)
        if missing := [name for name in ("link_request", "legacy_id") if not call.form.get(name)]:
            raise InvalidRequestError(f"Missing {missing[0]}")
    except OAuth2Error as error:
        return server.refuse(error, call)
    value = call.form["link_request"]
    proof = link_request.answer(value, rp.client_id, call.form["legacy_id"])
    query = urlencode({"link_request": value, "proof": proof})
    return machine.answer({"return_uri": f"{SETTINGS.get().issuer}{RETURN}?{query}"})


ROUTES: Routes = {"/account_link": {"POST": answer}}
