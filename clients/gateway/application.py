"""The gateway as a Flask application: the login of the kit, forward authentication, tickets."""

import secrets
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from clients.gateway import cas, forward_auth, refusal
from clients.gateway.identity import IdentityHeaders
from clients.gateway.refusal import Refused
from clients.gateway.settings import GatewaySettings
from clients.sites import refusals
from tongxing_client import client_authentication, error_page, session_store, transport
from tongxing_client.flask import TongxingFlask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_MAX_REQUEST = 64 * 1024
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
_SERVER_ERROR = 500


def create_app(settings: GatewaySettings, now: Callable[[], float] = time.time) -> flask.Flask:
    """The gateway of *settings*."""
    app = flask.Flask("clients.gateway")
    parts = urlsplit(settings.url)
    app.config["TRUSTED_HOSTS"] = _LOOPBACK if transport.is_loopback(settings.url) else [parts.hostname or ""]
    app.config["MAX_CONTENT_LENGTH"] = _MAX_REQUEST
    store = session_store.InMemorySessionStore()
    tongxing = TongxingFlask(
        app,
        issuer=settings.issuer,
        client_id=settings.client_id,
        client_authentication=client_authentication.PrivateKeyJwt(settings.key, now=now),
        site_url=settings.url,
        scope=settings.scope,
        store=store,
        show_problem=_page,
        now=now,
    )
    identity = IdentityHeaders(settings.key, settings.url, now)
    app.register_blueprint(forward_auth.make(tongxing, settings.rules, identity, now))
    if settings.services:
        app.register_blueprint(cas.make(tongxing, settings.services, store, now))
    # Known also where no address can be made: for requests to another name.
    app.jinja_env.globals["root"] = parts.path
    _add_pages(app, tongxing)
    app.wsgi_app = _Prefix(app.wsgi_app, parts.path)  # type: ignore[method-assign] # as Flask documents
    return app


class _Prefix:
    """Says below which path browsers reach us, so that addresses on pages lead back here: nginx takes it away."""

    def __init__(self, inner: "WSGIApplication", prefix: str) -> None:
        self._inner = inner
        self._prefix = prefix

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        environ["SCRIPT_NAME"] = self._prefix
        return self._inner(environ, start_response)


def _page(problem: error_page.Problem) -> str:
    return flask.render_template("problem.html", problem=problem)


def _add_pages(app: flask.Flask, tongxing: TongxingFlask) -> None:
    @app.get("/")
    def signed_out() -> ResponseReturnValue:
        return flask.render_template("home.html", session=tongxing.find_session())

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}

    @app.errorhandler(Refused)
    def refused(error: Refused) -> ResponseReturnValue:
        problem = refusal.describe(error, secrets.token_hex(6))
        app.logger.warning("refused: %s, reference %s", error.code, problem.reference)
        return _page(problem), problem.status, {"Cache-Control": "no-store"}

    @app.errorhandler(HTTPException)
    def answered(error: HTTPException) -> ResponseReturnValue:
        status = error.code or _SERVER_ERROR
        return _page(refusals.describe(status)), status

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        app.logger.error("unexpected", exc_info=error)
        return _page(refusals.describe(_SERVER_ERROR)), _SERVER_ERROR

    @app.after_request
    def protect(response: flask.Response) -> flask.Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
