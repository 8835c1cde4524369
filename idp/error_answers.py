"""How errors leave through the doors for people: a page with a trace id, never a stack.

Flask world. Rooms raise `idp.errors`; here they become answers. What nobody foresaw is logged with its trace and
answered 500; a database or store that is away is 503 with Retry-After.
"""

from http import HTTPStatus

from flask import Flask, Response, current_app, render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from idp import logs
from idp.db import AWAY, db
from idp.errors import IdpError, InvalidInput, Unavailable

LOG = logs.get(__name__)
UNAVAILABLE_SECONDS = 5

HTTP_CODES = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "request_too_large",
}


def register(app: Flask) -> None:
    """Answer every error of *app* with a page (machines have `idp.machine`)."""
    app.register_error_handler(IdpError, _on_idp_error)
    app.register_error_handler(CSRFError, _on_csrf_error)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(IntegrityError, _on_conflict)
    for away in AWAY:
        app.register_error_handler(away, _on_database_away)
    app.register_error_handler(Exception, _on_surprise)


def _on_idp_error(error: IdpError) -> Response:
    LOG.info("refused", error_code=error.code, detail=error.detail, status=error.status)
    # The detail of bad input is about the request's form, made for its sender; all else stays in the log.
    public = error.detail if isinstance(error, InvalidInput) else ""
    return _answer(error.status, error.code, public, error.retry_after, str(error.message or ""))


def _on_csrf_error(error: CSRFError) -> Response:
    LOG.info("refused", error_code="csrf_failed", detail=str(error.description))
    return _answer(400, "csrf_failed")


def _on_http_error(error: HTTPException) -> Response | BaseResponse:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # a redirect that werkzeug raises
    unknown = "bad_request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    return _answer(status, HTTP_CODES.get(status, unknown))


def _on_conflict(error: IntegrityError) -> Response:
    LOG.warning("conflict", detail=type(error.orig).__name__)
    return _answer(409, "conflict")


def _on_database_away(error: DBAPIError | PoolTimeout) -> Response:
    LOG.error("database away", detail=type(error).__name__)
    return _answer(503, "temporarily_unavailable", retry_after=UNAVAILABLE_SECONDS)


def _on_surprise(error: Exception) -> Response:
    LOG.error("unforeseen", exc_info=error)
    return _answer(500, "server_error")


def _answer(
    status: int, code: str, detail: str = "", retry_after: int | None = None, message: str = ""
) -> Response:
    db.session.rollback()
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _unavailable(retry_after or UNAVAILABLE_SECONDS)
    try:
        response = _page(status, code, detail, retry_after, message)
    except (DBAPIError, PoolTimeout, Unavailable):
        # A full page says who is signed in: what it takes to know that is away.
        db.session.rollback()
        return _unavailable(UNAVAILABLE_SECONDS)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _unavailable(retry_after: int) -> Response:
    # Without Flask's context processors: the page needs nothing that could be away.
    page = current_app.jinja_env.get_template("unavailable.html").render(trace_id=logs.trace_id())
    return Response(page, 503, {"Retry-After": str(retry_after)}, mimetype="text/html")


def _page(status: int, code: str, detail: str, retry_after: int | None, message: str) -> Response:
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
