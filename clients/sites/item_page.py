"""A page for which the person may let the site have one more item: asked for only there, taken back at any time."""

from typing import Any
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from clients.sites.definition import ItemPage
from clients.sites.holdings import Holdings
from tongxing_client import session
from tongxing_client.flask import TongxingFlask

_SHOWN_START, _SHOWN_END = 3, 4


def add(app: flask.Flask, tongxing: TongxingFlask, page: ItemPage, holdings: Holdings) -> None:
    """Add the routes of ``page``."""
    ask_path = "/login?" + urlencode({"scope": page.scope, "return_to": page.path})

    @app.get(page.path, endpoint=page.path)
    @tongxing.login_required()
    def show() -> ResponseReturnValue:
        found = tongxing.get_session()
        state = _describe(found, page, holdings)
        if state["state"] == "not_asked":
            return flask.redirect(ask_path, 303)
        return flask.render_template("item_page.html", page=page, ask_path=ask_path, **state)

    @app.post(page.path, endpoint=f"{page.path}:change")
    @tongxing.login_required()
    def change() -> ResponseReturnValue:
        # A form sent from elsewhere carries another origin, or none.
        if flask.request.headers.get("Origin") != tongxing.site_url:
            flask.abort(403)
        found = tongxing.get_session()
        value = found.claims.get(page.item)
        if "off" in flask.request.form:
            holdings.delete(found.sub, page.item)
        elif isinstance(value, str):
            holdings.keep(found.sub, page.item, value, found.issued_at)
        return flask.redirect(page.path, 303)


def _describe(found: session.Session, page: ItemPage, holdings: Holdings) -> dict[str, Any]:
    """Which of its faces the page shows: ``on``, ``off``, ``taken_back``, ``not_shared``, or ``not_asked`` yet."""
    kept = holdings.find(found.sub, page.item)
    value = found.claims.get(page.item)
    taken_back_at = holdings.when_taken_back(found.sub, page.item)
    if kept is not None:
        return {"state": "on", "value": mask(kept)}
    if isinstance(value, str) and (taken_back_at is None or found.issued_at > taken_back_at):
        return {"state": "off", "value": mask(value)}
    at = found.withdrawn.get(page.item, taken_back_at)
    if at is not None:
        return {"state": "taken_back", "at": at}
    return {"state": "not_shared" if page.scope in found.asked_scope else "not_asked"}


def mask(value: str) -> str:
    """Enough of ``value`` to know it by."""
    if len(value) <= _SHOWN_START + _SHOWN_END:
        return "*" * len(value)
    stars = "*" * (len(value) - _SHOWN_START - _SHOWN_END)
    return value[:_SHOWN_START] + stars + value[-_SHOWN_END:]
