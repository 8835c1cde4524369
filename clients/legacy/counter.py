"""``/counter``: a clerk has looked at whoever stands there and their card, and gives them a code for it."""

import flask
from flask.typing import ResponseReturnValue

from clients.legacy.card_store import HOLDER, CardStore
from clients.legacy.own_login import OwnLogin
from tongxing_client.relying_party import RelyingParty

_HOUR = 3600
DAY = 24


def add(app: flask.Flask, party: RelyingParty, login: OwnLogin, store: CardStore) -> None:
    """Route ``/counter``."""

    @app.get("/counter")
    @login.clerk_needed
    def counter() -> ResponseReturnValue:
        return flask.render_template("counter.html", cards=store.holders(), given=None, user=None)

    @app.post("/counter")
    @login.clerk_needed
    def give_code() -> ResponseReturnValue:
        login.check_own_form()
        user = store.find(flask.request.form.get("card", ""))
        if user is None or user.role != HOLDER:
            flask.abort(404)
        given = party.account_links().issue_code(user.id, DAY * _HOUR)
        return flask.render_template("counter.html", cards=store.holders(), given=given, user=user)
