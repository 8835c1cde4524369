"""``account_link_code_endpoint``: a counter gets a one-time code for an older account (docs/linking.md).

A member of our own beside those of RFC 8414 §2. The system's own clerk has seen who stands there; the code goes to that
person, on paper or by word, and they type it at their page here.
"""

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp import clock, machine
from idp.authorization_server import SERVER
from idp.db import commit
from idp.linking import link_code
from idp.local_limit import LOCAL_LIMIT
from idp.machine import Answer, Call, Routes
from idp.settings import SETTINGS

MINUTE = 60


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint; clients authenticate as at the token endpoint."""
    return {"account_link_code_endpoint": f"{issuer}/account_link_code"}


def issue(call: Call) -> Answer:
    """Answer ``code`` and ``expires_in`` for a ``legacy_id``; *expires_in* may be asked for, in seconds."""
    server = SERVER.get()
    try:
        rp = server.authenticated("/account_link_code", call, public=False)
        if not call.form.get("legacy_id"):
            raise InvalidRequestError("Missing legacy_id")
        wanted = call.form.get("expires_in") or str(link_code.USUAL_DAYS * link_code.DAY)
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):  # noqa: PLR2004 - digits
            raise InvalidRequestError("expires_in is no number of seconds")
    except OAuth2Error as error:
        return server.refuse(error, call)
    LOCAL_LIMIT.get().check(f"rp:{rp.client_id}", SETTINGS.get().limits.machine_requests_per_rp, MINUTE)
    code, until = link_code.issue(rp.client_id, call.form["legacy_id"], int(wanted))
    commit()
    return machine.answer({"code": code, "expires_in": int((until - clock.now()).total_seconds())})


ROUTES: Routes = {"/account_link_code": {"POST": issue}}
