"""Make the Flask application of a service site: a public page, records behind a login, what was received."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from clients.sites import directory, item_page, language, membership, received, refusals, words
from clients.sites.definition import Definition, StepUpPage
from clients.sites.heard import Heard
from clients.sites.holdings import Holdings
from clients.sites.language import Text
from clients.sites.settings import SiteSettings
from clients.sites.signals import SiteSignals
from tongxing_client import transport
from tongxing_client.flask import TongxingFlask

_MAX_REQUEST = 64 * 1024
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


def create_app(
    definition: Definition, settings: SiteSettings, now: Callable[[], float] = time.time
) -> flask.Flask:
    """The site of ``definition``. ``/me`` and the login routes are the contract of every site."""
    app = flask.Flask("clients.sites")
    host = urlsplit(settings.site_url).hostname or ""
    app.config["TRUSTED_HOSTS"] = _LOOPBACK if transport.is_loopback(settings.site_url) else [host]
    app.config["MAX_CONTENT_LENGTH"] = _MAX_REQUEST
    holdings, heard = Holdings(), Heard()
    signals = SiteSignals(definition, holdings, heard, now)
    tongxing = TongxingFlask(
        app,
        issuer=settings.issuer,
        entity=membership.entity(definition, settings),
        site_url=settings.site_url,
        scope=definition.scope,
        extra_scopes={page.scope for page in definition.item_pages},
        event_handlers=signals.handlers(),
        needed_items=definition.needed_items,
        after_login="/records",
        ui_locales=language.ui_locales,
        show_problem=lambda problem: flask.render_template("error.html", problem=problem),
        now=now,
    )
    signals.answer_deletion = tongxing.party.answer_deletion
    _add_pages(app, tongxing, definition, now)
    for page in definition.pages:
        _add_step_up(app, tongxing, page)
    for item in definition.item_pages:
        item_page.add(app, tongxing, item, holdings)
    _add_dress(app, tongxing, definition, settings, heard, now)
    _add_refusals(app)
    return app


def _add_pages(
    app: flask.Flask, tongxing: TongxingFlask, definition: Definition, now: Callable[[], float]
) -> None:
    @app.get("/")
    def home() -> ResponseReturnValue:
        return flask.render_template("home.html")

    @app.get("/records")
    @tongxing.login_required()
    def records() -> ResponseReturnValue:
        today = datetime.fromtimestamp(now(), UTC).astimezone(received.CHINA).date()
        made_up = definition.records(tongxing.get_session().sub, today)
        return flask.render_template("records.html", records=made_up)

    @app.get("/me")
    def me() -> ResponseReturnValue:
        found = tongxing.find_session()
        if found is None:
            return {"error": "login_needed", "login": "/login"}, 401
        return found.claims

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}


def _add_step_up(app: flask.Flask, tongxing: TongxingFlask, page: StepUpPage) -> None:
    @app.route(page.path, methods=["GET", "POST"], endpoint=page.path)
    @tongxing.login_required(acr=page.acr or (), max_age=page.max_age, item=page.item)
    def step_up() -> ResponseReturnValue:
        is_done = flask.request.method == "POST"
        # A form sent from elsewhere carries another origin, or none.
        if is_done and flask.request.headers.get("Origin") != tongxing.site_url:
            flask.abort(403)
        return flask.render_template("step_up.html", page=page, is_done=is_done)


def _add_dress(
    app: flask.Flask,
    tongxing: TongxingFlask,
    definition: Definition,
    settings: SiteSettings,
    heard: Heard,
    now: Callable[[], float],
) -> None:
    entity = urlencode({"entity": settings.site_url})
    explain_url = f"{settings.issuer.rstrip('/')}/federation/explain?{entity}"

    @app.context_processor
    def shared() -> dict[str, Any]:
        found = tongxing.find_session()
        return {
            "site": definition,
            "session": found,
            "received": received.describe(found, now()) if found else None,
            "farewell": "" if found else tongxing.find_farewell(),
            "farewells": words.FAREWELLS,
            "heard": heard.of(found.sub) if found else (),
            "item_words": words.CLAIMS,
            "show_time": received.show_time,
            "multi_factor": words.MULTI_FACTOR,
            "sites": [site for site in directory.SITES if site.key != definition.key],
            "site_urls": settings.other_sites,
            "explain_url": explain_url,
            "t": lambda zh, en: language.say(Text(zh, en)),
            "say": language.say,
            "lang": language.choose(),
        }

    @app.after_request
    def protect(response: flask.Response) -> flask.Response:
        frame = settings.issuer if flask.request.path == "/frontchannel_logout" else "'none'"
        # The form of a page that needs a fresh login leads to the provider: form-action follows redirects.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"form-action 'self' {settings.issuer}; frame-ancestors {frame}"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        return language.remember(response)


def _add_refusals(app: flask.Flask) -> None:
    def refuse(status: int) -> ResponseReturnValue:
        return flask.render_template("error.html", problem=refusals.describe(status)), status

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        return refuse(error.code or 500)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> ResponseReturnValue:
        app.logger.error("unexpected", exc_info=error)
        return refuse(500)
