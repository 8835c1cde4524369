"""``data_deletion_endpoint``: a relying party answers a person's request to delete what it holds (PIPL art. 47).

A member of our own beside those of RFC 8414 §2. The request itself comes as the event
``urn:tongxing:event:deletion-requested`` and carries the ``request_id``.
"""

from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp import machine
from idp.authorization_server import SERVER
from idp.consent import deletion_request
from idp.db import commit
from idp.errors import NotFound
from idp.machine import Answer, Call, Routes


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; clients authenticate as at the token endpoint."""
    return {"data_deletion_endpoint": f"{issuer}/data_deletion"}


def answer(call: Call) -> Answer:
    """Take ``status`` (in_progress, completed, partial, refused) and ``reason`` for a ``request_id``.

    404 for a request that was not sent to this client, 409 when another last answer stands already.
    """
    server = SERVER.get()
    try:
        rp = server.authenticated("/data_deletion", call, public=False)
        if missing := [name for name in ("request_id", "status") if not call.form.get(name)]:
            raise InvalidRequestError(f"Missing {missing[0]}")
    except OAuth2Error as error:
        return server.refuse(error, call)
    form = call.form
    request = deletion_request.answer(
        _id(form["request_id"]), rp.client_id, form["status"], form.get("reason", "")
    )
    commit()
    return machine.answer({"request_id": str(request.id), "status": request.status})


ROUTES: Routes = {"/data_deletion": {"POST": answer}}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("deletion_request_unknown") from None
