"""Make the Flask application of the older system: its own login and cards, and the login by Tongxing beside."""

from typing import Any
from urllib.parse import urlencode, urlsplit

import flask
from flask.typing import ResponseReturnValue

from clients.legacy import checking, counter, linking, registration, settings
from clients.legacy.card_store import CardStore, User
from clients.legacy.own_login import OwnLogin
from clients.legacy.settings import LegacySettings
from tongxing_client import account_linking, event_types, transport
from tongxing_client.client_authentication import PrivateKeyJwt
from tongxing_client.flask import TongxingFlask

_MAX_REQUEST = 64 * 1024
_LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


def create_app(found: LegacySettings) -> flask.Flask:
    """The older system; ``/me`` and the login routes are the contract of every site."""
    app = flask.Flask("clients.legacy")
    host = urlsplit(found.site_url).hostname or ""
    app.config["TRUSTED_HOSTS"] = _LOOPBACK if transport.is_loopback(found.site_url) else [host]
    app.config["MAX_CONTENT_LENGTH"] = _MAX_REQUEST
    store = CardStore(found.folder / "cards.sqlite3")
    login = OwnLogin(app, store, found.folder, found.site_url)
    tongxing = TongxingFlask(
        app,
        issuer=found.issuer,
        client_id=settings.CLIENT_ID,
        client_authentication=PrivateKeyJwt(found.key),
        site_url=found.site_url,
        scope=registration.SCOPE,
        # Named, so that we are told: the next page then asks the provider again, without a question.
        event_handlers={
            event_types.ACCOUNT_LINKED: lambda _event: None,
            event_types.ACCOUNT_UNLINKED: lambda _event: None,
        },
        after_login="/card",
        ui_locales=_language,
    )
    linking.add(app, tongxing.party, login)
    counter.add(app, tongxing.party, login, store)
    checking.add(app, tongxing.party, store, tongxing.sessions.is_first_use)
    _add_pages(app, tongxing, login, store)
    _add_dress(app, found)
    return app


def _add_pages(app: flask.Flask, tongxing: TongxingFlask, login: OwnLogin, store: CardStore) -> None:
    @app.get("/")
    def home() -> ResponseReturnValue:
        return flask.render_template("home.html", session=tongxing.find_session(), user=login.find_user())

    @app.get("/card")
    def card() -> ResponseReturnValue:
        own = login.find_user()
        return flask.render_template("card.html", user=own, by_link=False) if own else recognised()

    @tongxing.login_required()
    def recognised() -> ResponseReturnValue:
        user = _linked(tongxing, store)
        query = urlencode({"client_id": settings.CLIENT_ID})
        if user is None:
            return flask.render_template("not_linked.html", link=f"{_account(tongxing)}/new?{query}")
        return flask.render_template("card.html", user=user, by_link=True)

    @app.get("/me")
    def me() -> ResponseReturnValue:
        session = tongxing.find_session()
        if session is None:
            return {"error": "login_needed", "login": "/login"}, 401
        return session.claims

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return {"status": "ok"}


def _linked(tongxing: TongxingFlask, store: CardStore) -> User | None:
    """Whose card it is, by what the provider says the person has linked."""
    legacy_id = tongxing.get_session().claims.get(account_linking.CLAIM)
    return store.find(legacy_id) if isinstance(legacy_id, str) else None


def _account(tongxing: TongxingFlask) -> str:
    return f"{tongxing.party.issuer}/account/linked"


def _language() -> str:
    return "en" if flask.request.accept_languages.best_match(["zh", "en"], "zh") == "en" else "zh-CN"


def _add_dress(app: flask.Flask, found: LegacySettings) -> None:
    @app.context_processor
    def shared() -> dict[str, Any]:
        is_english = _language() == "en"
        return {"t": lambda zh, en: en if is_english else zh, "lang": "en" if is_english else "zh-CN"}

    @app.after_request
    def protect(response: flask.Response) -> flask.Response:
        # The link's form leads to the provider: form-action follows redirects.
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
            f"form-action 'self' {found.issuer}"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.add("Accept-Language")
        return response
