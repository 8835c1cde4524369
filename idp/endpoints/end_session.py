"""``end_session_endpoint`` (OIDC RP-Initiated Logout 1.0): where a site sends a person to log out.

It only checks the request; the page /logout asks the person and does it (§2: the provider asks).
"""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, parameters
from idp.journey import logout_request
from idp.sessions import session as sessions

blueprint = Blueprint("end_session", __name__)


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise logout: started by a site, and told to sites by back channel and front channel."""
    return {
        "end_session_endpoint": f"{issuer}/end_session",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "frontchannel_logout_supported": True,
        "frontchannel_logout_session_supported": True,
    }


@blueprint.route("/end_session", methods=["GET", "POST"])
def end_session() -> BaseResponse:
    """Take the person to the logout page, or straight back when there is nothing to log out of."""
    params = parameters.read(request.query_string if request.method == "GET" else request.get_data())
    if request.method == "POST":
        # A post from another site carries no SameSite cookies: come again by GET, with them.
        return redirect(f"/end_session?{urlencode(params)}", 303)
    asked = logout_request.parse(params)
    session = sessions.find_by_secret(browser.session_secret(request))
    if session is None and asked.return_url:
        return redirect(asked.return_url, 303)
    return redirect(f"/logout?{urlencode(asked.carried)}", 303)
