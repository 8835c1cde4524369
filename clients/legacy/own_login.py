"""The older system's own login, beside the one by Tongxing: a name, a password, a cookie that Flask signs."""

import functools
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec

import flask
from flask.typing import ResponseReturnValue

from clients.legacy.attempts import Attempts
from clients.legacy.card_store import CLERK, HOLDER, CardStore, User

P = ParamSpec("P")
_COOKIE = "card"
_KEY_BYTES = 32
_LONGEST = 200


class OwnLogin:
    """Routes ``/old-login`` and ``/old-logout``, and who is logged in that way."""

    def __init__(self, app: flask.Flask, store: CardStore, folder: Path, site_url: str) -> None:
        self._store = store
        self._site_url = site_url
        self._wrong = Attempts(most=10, seconds=900)
        app.secret_key = _secret(folder / "session.key")
        app.config["SESSION_COOKIE_NAME"] = "city_card"
        app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
        app.config["SESSION_COOKIE_SECURE"] = site_url.startswith("https:")
        app.add_url_rule("/old-login", view_func=self._show)
        app.add_url_rule("/old-login", view_func=self._log_in, methods=["POST"], endpoint="old_log_in")
        app.add_url_rule("/old-logout", view_func=self._log_out, methods=["POST"], endpoint="old_logout")

    def find_user(self) -> User | None:
        """Who is logged in here with the older account."""
        card = flask.session.get(_COOKIE)
        return self._store.find(card) if isinstance(card, str) else None

    def needed(self, view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        """A page for holders of cards; others log in first, and come back."""
        return self._for(HOLDER, view)

    def clerk_needed(self, view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        """A page for clerks."""
        return self._for(CLERK, view)

    def check_own_form(self) -> None:
        """A form sent from elsewhere carries another origin, or none."""
        if flask.request.headers.get("Origin") != self._site_url:
            flask.abort(403)

    def _for(self, role: str, view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            user = self.find_user()
            if user is None or user.role != role:
                flask.session["after"] = flask.request.path
                return flask.redirect("/old-login", 303)
            return view(*args, **kwargs)

        return guarded

    def _show(self) -> ResponseReturnValue:
        return flask.render_template("old_login.html", wrong="")

    def _log_in(self) -> ResponseReturnValue:
        self.check_own_form()
        form = flask.request.form
        username, password = form.get("username", "")[:_LONGEST], form.get("password", "")[:_LONGEST]
        if self._wrong.are_too_many(username):
            return flask.render_template("old_login.html", wrong="too_many"), 429
        user = self._store.find_by_password(username, password)
        if user is None:
            self._wrong.count(username)
            return flask.render_template("old_login.html", wrong="wrong"), 400
        after = flask.session.get("after", "/card")
        kept = flask.session.get("link_request")
        flask.session.clear()
        flask.session[_COOKIE] = user.id
        if kept:
            flask.session["link_request"] = kept
        return flask.redirect(after if user.role == HOLDER else "/counter", 303)

    def _log_out(self) -> ResponseReturnValue:
        self.check_own_form()
        kept = flask.session.get("link_request")
        flask.session.clear()
        if kept is None:
            return flask.redirect("/", 303)
        # Somebody else's card was shown: whoever came to link logs in to their own.
        flask.session["link_request"] = kept
        return flask.redirect("/link/confirm", 303)


def _secret(file: Path) -> bytes:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_bytes(secrets.token_bytes(_KEY_BYTES))
    return file.read_bytes()
