"""The route to which the provider pushes events (RFC 8935 §2); part of ``flask.TongxingFlask``."""

import logging

import flask
from flask.typing import ResponseReturnValue

from tongxing_client import errors, jwt, shared_signals

_log = logging.getLogger(__name__)
CONTENT_TYPE = "application/secevent+jwt"
_MAX_REQUEST = 128 * 1024
_NO_STORE = {"Cache-Control": "no-store"}
_REFUSED = {**_NO_STORE, "Content-Language": "en"}


def make(signals: shared_signals.SharedSignals, authorization_header: str | None = None) -> flask.Blueprint:
    """``/security_events``; with ``authorization_header`` the provider must send just that one (SSF 1.0 §6.1.1)."""
    routes = flask.Blueprint("tongxing_security_events", __name__)

    @routes.post("/security_events")
    def security_events() -> ResponseReturnValue:
        flask.request.max_content_length = _MAX_REQUEST
        sent = flask.request.headers.get("Authorization", "")
        if authorization_header is not None and not jwt.is_same(sent, authorization_header):
            return _refuse("authentication_failed", "not the Authorization that was agreed")
        if flask.request.mimetype != CONTENT_TYPE:
            return _refuse("invalid_request", f"not {CONTENT_TYPE}")
        try:
            signals.hear(flask.request.get_data().decode("ascii", "replace"))
        except errors.TokenInvalid as error:
            _log.warning("tongxing: security event refused: %s", error)
            return _refuse(shared_signals.error_code(error), str(error))
        except errors.TongxingError as error:
            # What it needs of the provider, its keys or its ear, cannot be had now (RFC 8935 §2.3: try again).
            _log.warning("tongxing: security event not done, to be sent again: %s", error)
            return "", 503, {**_NO_STORE, "Retry-After": "5"}
        return "", 202, _NO_STORE

    return routes


def _refuse(error: str, description: str) -> ResponseReturnValue:
    return {"err": error, "description": description}, 400, _REFUSED
