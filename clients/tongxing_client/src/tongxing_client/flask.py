"""Flask in ten lines: log in, call back, log out, and be told of logouts elsewhere.

::

    tongxing = TongxingFlask(app, issuer="https://id.example.gov.cn", client_id="city-fund",
                             client_secret="…", site_url="https://fund.example.gov.cn")

    @app.get("/records")
    @tongxing.login_required()
    def records(): ...

Routes: ``/login`` (``?return_to=``, ``?acr=``; ``?switch=1`` to choose again whom to act for), ``/callback``,
``/logout``, ``/backchannel_logout``, ``/frontchannel_logout``. The session is on the server; the cookie holds a random
id and changes at each login.
"""

import dataclasses
import functools
import logging
import secrets
import time
from collections.abc import Callable, Sequence
from typing import ParamSpec
from urllib.parse import urlsplit

import flask
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from tongxing_client import (
    browser_sessions,
    client_authentication,
    error_page,
    errors,
    flask_logout_receivers,
    mandate,
    relying_party,
    return_to,
    session,
    session_store,
    step_up,
)

P = ParamSpec("P")
_log = logging.getLogger(__name__)
_MAX_ACR = 255


class TongxingFlask:
    """See the module.

    ``client_authentication`` in place of ``client_secret`` for anything but ``client_secret_basic``;
    ``store`` for more than one process; ``show_problem`` renders errors in the site's own dress;
    ``ui_locales`` says the language of the request; ``party`` takes everything else of
    ``relying_party.RelyingParty``.
    """

    def __init__(  # noqa: PLR0913 - each is a setting a deployer may need
        self,
        app: flask.Flask,
        *,
        issuer: str,
        client_id: str,
        site_url: str,
        client_secret: str | None = None,
        client_authentication: client_authentication.ClientAuthentication | None = None,
        scope: str = "openid profile",
        after_login: str = "/",
        store: session_store.SessionStore | None = None,
        session_seconds: float = 28_800,
        idle_seconds: float = 3_600,
        ui_locales: Callable[[], str | None] = lambda: None,
        show_problem: Callable[[error_page.Problem], str] | None = None,
        now: Callable[[], float] = time.time,
        **party: object,
    ) -> None:
        self.site_url = site_url.rstrip("/")
        self.party = relying_party.RelyingParty(
            issuer=issuer,
            client_id=client_id,
            client_authentication=client_authentication or _by_secret(client_secret),
            redirect_uri=f"{self.site_url}/callback",
            scope=scope,
            now=now,
            **party,  # type: ignore[arg-type]  # checked by RelyingParty's own signature
        )
        self.sessions = browser_sessions.BrowserSessions(
            store or session_store.InMemorySessionStore(),
            session_seconds=session_seconds,
            idle_seconds=idle_seconds,
            now=now,
        )
        self._after_login = after_login
        self._ui_locales = ui_locales
        self._show_problem = show_problem
        self._now = now
        self._is_secure = urlsplit(site_url).scheme == "https"
        # Cookies do not know ports: two sites on one host need two names.
        name = "".join(c if c.isalnum() and c.isascii() else "_" for c in client_id)
        self._session_cookie = f"{'__Host-' if self._is_secure else ''}tongxing_{name}"
        self._browser_cookie = f"{self._session_cookie}_login"
        app.extensions["tongxing"] = self
        app.register_error_handler(errors.TongxingError, self._answer_error)
        app.after_request(self._keep_private)
        routes = flask.Blueprint("tongxing", __name__)
        routes.get("/login", endpoint="login")(self._login)
        routes.get("/callback", endpoint="callback")(self._callback)
        routes.route("/logout", methods=["GET", "POST"], endpoint="logout")(self._logout)
        app.register_blueprint(routes)
        app.register_blueprint(flask_logout_receivers.make(self.party, self.sessions))

    def find_session(self) -> session.Session | None:
        """Who is logged in in this browser."""
        if "tongxing_session" not in flask.g:
            flask.g.tongxing_session = self.sessions.find(flask.request.cookies.get(self._session_cookie))
        found: session.Session | None = flask.g.tongxing_session
        return found

    def get_session(self) -> session.Session:
        """The same; ``LoginNeeded`` when nobody is."""
        found = self.find_session()
        if found is None:
            raise errors.LoginNeeded("no session in this browser")
        return found

    def login_required(
        self, *, acr: str | Sequence[str] = (), max_age: int | None = None, item: str = ""
    ) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
        """A page for people who are logged in, at level ``acr``, having proved it within ``max_age`` seconds.

        With ``item``: somebody who acts for another needs a mandate that covers this item code.

        Others are sent to the provider and come back to this page.
        """
        needed_acr = (acr,) if isinstance(acr, str) else tuple(acr)

        def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
            @functools.wraps(view)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
                found = self.find_session()
                missing = self._find_missing(found, needed_acr, max_age)
                if missing is not None:
                    return self._start(missing, self._here())
                if item and found is not None and not found.may(item):
                    return self._ask_for_mandate(found, item)
                return view(*args, **kwargs)

            return guarded

        return decorate

    def get_access_token(self) -> str:
        """A live access token of the session, renewed by the refresh token when it is about to end."""
        found = self.get_session()
        ends_at = found.access_token_ends_at
        if ends_at is None or ends_at > self._now() + 10:
            return found.access_token
        if found.refresh_token is None:
            raise errors.LoginNeeded("the access token has ended and there is no refresh token")
        try:
            tokens = self.party.refresh(found.refresh_token, found.id_token_claims)
        except errors.InvalidGrant as error:
            self._end_here()
            raise errors.LoginNeeded("the provider has ended the login") from error
        flask.g.tongxing_session = dataclasses.replace(
            found,
            access_token=tokens.access_token,
            access_token_ends_at=None if tokens.expires_in is None else self._now() + tokens.expires_in,
            refresh_token=tokens.refresh_token or found.refresh_token,
        )
        session_id = flask.request.cookies[self._session_cookie]
        self.sessions.update(session_id, flask.g.tongxing_session)
        return tokens.access_token

    def _find_missing(
        self, found: session.Session | None, needed_acr: tuple[str, ...], max_age: int | None
    ) -> step_up.StepUp | None:
        if found is None:
            return step_up.StepUp(acr_values=needed_acr, max_age=max_age)
        missing = step_up.find_missing(
            acr=found.acr, auth_time=found.auth_time, needed_acr=needed_acr, max_age=max_age, now=self._now()
        )
        was_asked = needed_acr and found.asked_acr == needed_acr
        if missing and was_asked and not step_up.satisfies(found.acr, needed_acr):
            # Asking again by itself would send the person round in circles.
            raise errors.StepUpNotReached(f"asked for {' '.join(needed_acr)}, got {found.acr}")
        return missing

    def _ask_for_mandate(self, found: session.Session, item: str) -> ResponseReturnValue:
        if item in found.asked_items:
            # Asking again by itself would send the person round in circles.
            raise errors.MandateMissing(f"asked for a mandate for {item}, got another")
        return self._start(step_up.StepUp(), self._here(), items=(item,), prompt="select_account")

    def _start(
        self,
        asked: step_up.StepUp,
        back_to: str,
        *,
        items: tuple[str, ...] = (),
        prompt: str | None = None,
    ) -> ResponseReturnValue:
        request, address = self.party.start_login(
            acr_values=asked.acr_values,
            max_age=asked.max_age,
            authorization_details=(mandate.details(item_codes=items),) if items else (),
            return_to=back_to,
            prompt=prompt,
            ui_locales=self._ui_locales(),
        )
        browser_id = self.sessions.begin_login(request, flask.request.cookies.get(self._browser_cookie))
        response = flask.redirect(address, 303)
        self._set_cookie(response, self._browser_cookie, browser_id)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _login(self) -> ResponseReturnValue:
        acr = tuple(flask.request.args.get("acr", "").split())
        if sum(map(len, acr)) > _MAX_ACR or not all(value.isascii() and value.isprintable() for value in acr):
            raise errors.CallbackRefused("acr is too long or has characters it may not have")
        back_to = return_to.find_local_path(flask.request.args.get("return_to")) or self._after_login
        prompt = "select_account" if flask.request.args.get("switch") else None
        return self._start(step_up.StepUp(acr_values=acr), back_to, prompt=prompt)

    def _callback(self) -> ResponseReturnValue:
        state = flask.request.args.get("state", "")
        request = self.sessions.take_login(state, flask.request.cookies.get(self._browser_cookie))
        if request is None:
            raise errors.StateUnknown("no login under way with this state in this browser")
        login = self.party.finish_login(flask.request.args.items(multi=True), request)
        items = tuple(code for one in request.authorization_details for code in one.get("item_codes", ()))
        begun = session.begin(login, request.acr_values, self._now(), items)
        session_id = self.sessions.start(begun, flask.request.cookies.get(self._session_cookie))
        response = flask.redirect(request.return_to, 303)
        self._set_cookie(response, self._session_cookie, session_id)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _logout(self) -> ResponseReturnValue:
        ended = self._end_here()
        # Without a session here there may still be one at the provider: it asks the person then.
        address = self.party.end_session_url(
            id_token_hint=ended.id_token if ended else None,
            post_logout_redirect_uri=f"{self.site_url}/",
            ui_locales=self._ui_locales(),
        )
        response = flask.redirect(address or "/", 303)
        response.delete_cookie(self._session_cookie, secure=self._is_secure, httponly=True, samesite="Lax")
        response.headers["Cache-Control"] = "no-store"
        return response

    def _here(self) -> str:
        request = flask.request
        if request.method != "GET":
            return self._after_login
        return return_to.from_request(request.path, request.query_string)

    def _end_here(self) -> session.Session | None:
        session_id = flask.request.cookies.get(self._session_cookie)
        flask.g.tongxing_session = None
        return self.sessions.end(session_id) if session_id else None

    def _answer_error(self, error: errors.TongxingError) -> ResponseReturnValue:
        problem = error_page.describe(error, secrets.token_hex(6))
        _log.warning("tongxing: %s, reference %s: %s", problem.code, problem.reference, error)
        if self._show_problem is not None:
            page = self._show_problem(problem)
        else:
            page = error_page.render(problem, flask.url_for("tongxing.login"))
        headers = {"Cache-Control": "no-store"}
        if problem.status == errors.ProviderUnavailable.status:
            headers["Retry-After"] = "5"
        return page, problem.status, headers

    def _keep_private(self, response: flask.Response) -> flask.Response:
        if "tongxing_session" in flask.g and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, secure=self._is_secure, httponly=True, samesite="Lax", path="/")


def _by_secret(client_secret: str | None) -> client_authentication.ClientAuthentication:
    if client_secret is None:
        raise errors.WrongSettings("client_secret or client_authentication is needed")
    return client_authentication.ClientSecretBasic(client_secret)
