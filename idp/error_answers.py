"""How errors leave through a door: OAuth JSON for machines, a page for people; with a trace id, never with a stack.

Flask world. Rooms raise `idp.errors`; here they become answers. What nobody foresaw is logged with its trace and
answered 500; a database or store that is away is 503 with Retry-After.
"""

from flask import Flask, Response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError, TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from idp import logs, machine
from idp.db import db
from idp.errors import IdpError, Unavailable

LOG = logs.get(__name__)

# What an OAuth client is told (RFC 6749 §5.2 has no more codes than these for our cases).
OAUTH_CODES = {400: "invalid_request", 403: "access_denied", 429: "temporarily_unavailable", 503: "temporarily_unavailable"}
HTTP_CODES = {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method_not_allowed", 413: "request_too_large"}


def register(app: Flask, machines: set[str]) -> None:
    """Answer every error of *app*; blueprints named in *machines* and unknown JSON callers get JSON."""

    def answer(status: int, code: str, detail: str = "", retry_after: int | None = None, message: str = "") -> Response:
        db.session.rollback()
        if request.blueprint in machines:
            response = _json(status, code, detail)
        else:
            response = _page(status, code, detail, retry_after, message)
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        return response

    def on_idp_error(error: IdpError) -> Response:
        LOG.info("refused", error_code=error.code, detail=error.detail, status=error.status)
        # detail of bad input is about the request's form, made for its sender; all else stays in the log.
        public = error.detail if error.status == 400 else ""  # noqa: PLR2004
        return answer(error.status, error.code, public, error.retry_after, str(error.message or ""))

    def on_csrf_error(error: CSRFError) -> Response:
        LOG.info("refused", error_code="csrf_failed", detail=str(error.description))
        return answer(400, "csrf_failed")

    def on_http_error(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:  # noqa: PLR2004 - a redirect that werkzeug raises
            return error.get_response()  # type: ignore[return-value] # werkzeug's response is one
        return answer(status, HTTP_CODES.get(status, "bad_request" if status < 500 else "server_error"))  # noqa: PLR2004

    def on_database_error(error: DBAPIError | PoolTimeout) -> Response:
        if isinstance(error, IntegrityError):
            LOG.warning("conflict", detail=type(error.orig).__name__)
            return answer(409, "conflict")
        LOG.error("database away", detail=type(error).__name__)
        return on_idp_error(Unavailable("temporarily_unavailable", detail="database", retry_after=5))

    def on_surprise(error: Exception) -> Response:
        LOG.error("unforeseen", exc_info=error)
        return answer(500, "server_error")

    app.register_error_handler(IdpError, on_idp_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    for kind in (OperationalError, InterfaceError, IntegrityError, PoolTimeout):
        app.register_error_handler(kind, on_database_error)
    app.register_error_handler(Exception, on_surprise)


def _json(status: int, code: str, detail: str) -> Response:
    oauth = OAUTH_CODES.get(status, "server_error" if status >= 500 else "invalid_request")  # noqa: PLR2004
    printable = "".join(char for char in detail if " " <= char <= "~" and char not in '"\\')
    body = {"error": oauth, "error_description": printable or code, "trace_id": logs.trace_id()}
    return machine.answer(body, status)


def _page(status: int, code: str, detail: str, retry_after: int | None, message: str) -> Response:
    if status == 503:  # noqa: PLR2004 - the dependency that is away may be one that a full page needs
        return Response(render_template("unavailable.html", trace_id=logs.trace_id()), 503)
    minutes = max(1, -(-retry_after // 60)) if retry_after else None
    page = render_template(
        "error.html",
        error=code,
        trace_id=logs.trace_id(),
        detail=detail or None,
        retry_after_minutes=minutes,
        **({"message": _(message)} if message else {}),
    )
    return Response(page, status)


