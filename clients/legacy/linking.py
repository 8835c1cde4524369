"""``/link``, our ``account_linking_uri``: the person comes from Tongxing, logs in to the older account, and goes back.

Which account it is, we tell the provider ourselves; the browser brings nothing but the request it came with. It is
always shown whose card this is: a browser may be logged in here as somebody else.
"""

import re

import flask
from flask.typing import ResponseReturnValue

from clients.legacy.own_login import OwnLogin
from tongxing_client import errors
from tongxing_client.relying_party import RelyingParty

_SHAPE = re.compile(r"[A-Za-z0-9_-]{32,128}")
_NOT_FOUND = 404


def add(app: flask.Flask, party: RelyingParty, login: OwnLogin) -> None:
    """Routes ``/link`` and ``/link/confirm``."""

    @app.get("/link")
    def link() -> ResponseReturnValue:
        asked = flask.request.args.get("link_request", "")
        # Mix-up: only the provider we know sends people here (as RFC 9207 does for logins).
        if not _SHAPE.fullmatch(asked) or flask.request.args.get("iss") != party.issuer:
            return flask.render_template("link_gone.html", back=_back(party)), 400
        flask.session["link_request"] = asked
        return flask.redirect("/link/confirm", 303)

    @app.get("/link/confirm")
    @login.needed
    def link_confirm() -> ResponseReturnValue:
        if "link_request" not in flask.session:
            return flask.render_template("link_gone.html", back=_back(party)), 400
        return flask.render_template("link_confirm.html", user=login.find_user(), back=_back(party))

    @app.post("/link/confirm")
    @login.needed
    def link_confirmed() -> ResponseReturnValue:
        login.check_own_form()
        user, asked = login.find_user(), flask.session.pop("link_request", "")
        try:
            if user is None or not asked:
                return flask.render_template("link_gone.html", back=_back(party)), 400
            return flask.redirect(party.account_links().answer(asked, user.id), 303)
        except errors.RequestRefused as refused:
            if refused.http_status != _NOT_FOUND:
                raise
            return flask.render_template("link_gone.html", back=_back(party)), 400


def _back(party: RelyingParty) -> str:
    return f"{party.issuer}/account/linked"
