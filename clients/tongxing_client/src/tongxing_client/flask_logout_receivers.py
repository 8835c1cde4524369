"""The two routes by which the provider says that a session has ended elsewhere; part of ``flask.TongxingFlask``."""

import logging

import flask
from flask.typing import ResponseReturnValue

from tongxing_client import browser_sessions, errors, frontchannel_logout, relying_party

_log = logging.getLogger(__name__)
_MAX_REQUEST = 128 * 1024
_NO_STORE = {"Cache-Control": "no-store"}


def make(party: relying_party.RelyingParty, sessions: browser_sessions.BrowserSessions) -> flask.Blueprint:
    """``/backchannel_logout`` and ``/frontchannel_logout``."""
    routes = flask.Blueprint("tongxing_logout", __name__)

    @routes.post("/backchannel_logout")
    def backchannel_logout() -> ResponseReturnValue:
        flask.request.max_content_length = _MAX_REQUEST
        try:
            ended = party.check_logout_token(
                flask.request.form.get("logout_token", ""), sessions.is_first_use
            )
        except errors.LogoutTokenReplayed:
            # Told twice because our first answer was lost: what is done is done (§2.8), and done once.
            return "", 200, _NO_STORE
        except errors.TokenInvalid as error:
            _log.warning("tongxing: logout token refused: %s", error)
            answer = {"error": "invalid_request", "error_description": f"logout_token: {error.check}"}
            return answer, 400, _NO_STORE
        except errors.ProviderUnavailable as error:
            _log.warning("tongxing: logout token not checked, to be sent again: %s", error)
            return {"error": "temporarily_unavailable"}, 503, {**_NO_STORE, "Retry-After": "5"}
        if ended.sid is not None:
            sessions.end_sid(ended.sid, ended.issued_at)
        elif ended.sub is not None:
            sessions.end_sub(ended.sub, ended.issued_at)
        return "", 200, _NO_STORE

    @routes.get("/frontchannel_logout")
    def frontchannel_logout_() -> ResponseReturnValue:
        sessions.end_live_sid(frontchannel_logout.get_sid(flask.request.args, party.issuer))
        return "", 200, _NO_STORE

    return routes
