"""A small Flask site built on the kit."""

from collections.abc import Callable
from typing import Any

import flask
import pytest

from tests.clients.loopback_provider import Clock, LoopbackProvider
from tests.clients.visitor import Visitor
from tongxing_client.flask import TongxingFlask

LEVEL_3 = "urn:tongxing:loa:3"
SITE = "http://localhost:5000"


@pytest.fixture
def make_app(provider: LoopbackProvider, clock: Clock) -> Callable[..., flask.Flask]:
    def make(**changes: Any) -> flask.Flask:
        app = flask.Flask("site")
        settings: dict[str, Any] = {
            "issuer": provider.issuer,
            "client_id": "rp",
            "client_secret": "s3cret",
            "site_url": SITE,
            "now": clock.now,
            "http_seconds": 2,
            "renew_keys_seconds": 0,
        }
        tongxing = TongxingFlask(app, **{**settings, **changes})

        @app.route("/records", methods=["GET", "POST"])
        @tongxing.login_required()
        def records() -> str:
            return str(tongxing.get_session().claims["name"])

        @app.get("/high")
        @tongxing.login_required(acr=LEVEL_3)
        def high() -> str:
            return "high"

        @app.get("/fresh")
        @tongxing.login_required(max_age=300)
        def fresh() -> str:
            return "fresh"

        @app.get("/who")
        def who() -> str:
            found = tongxing.find_session()
            return found.sub if found else "nobody"

        @app.get("/call")
        def call() -> str:
            return tongxing.get_access_token()

        @app.get("/plain")
        def plain() -> str:
            return "plain"

        return app

    return make


@pytest.fixture
def visitor(make_app: Callable[..., flask.Flask]) -> Visitor:
    return Visitor(make_app())
