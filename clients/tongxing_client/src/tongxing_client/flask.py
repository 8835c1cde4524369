"""Flask in ten lines: log in, call back, log out, and be told of logouts elsewhere.

::

    tongxing = TongxingFlask(app, issuer="https://id.example.gov.cn", client_id="city-fund",
                             client_secret="…", site_url="https://fund.example.gov.cn")

    @app.get("/records")
    @tongxing.login_required()
    def records(): ...

Routes: ``/login`` (``?return_to=``, ``?acr=``; ``?scope=``, of ``extra_scopes``; ``?switch=1`` to choose again whom to
act for; ``?iss=&target_link_uri=``, with which the provider begins a login, OpenID Connect Core §4), ``/callback``,
``/logout``, ``/backchannel_logout``, ``/frontchannel_logout``, ``/security_events``; a member of the federation has
``/.well-known/openid-federation``. To be told of events: ``tongxing.keep_stream()`` at the start. The session is on the
server; the cookie holds a random id and changes at each login.
"""

import dataclasses
import functools
import logging
import secrets
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ParamSpec

import flask
from flask.typing import ResponseReturnValue

from tongxing_client import (
    browser_cookies,
    browser_sessions,
    error_page,
    errors,
    event_stream,
    flask_entity_configuration,
    flask_logout_receivers,
    flask_security_events,
    login_request,
    mandate,
    page_need,
    relying_party,
    request_delivery,
    return_to,
    session,
    session_store,
    shared_signals,
    stream_keeper,
)
from tongxing_client.client_authentication import ClientAuthentication, by_secret
from tongxing_client.entity import Entity

P = ParamSpec("P")
_log = logging.getLogger(__name__)


class TongxingFlask:
    """See the module.

    ``entity`` in place of ``client_id`` and a secret makes it a member of the federation; ``client_authentication``
    stands for anything but ``client_secret_basic``; ``store`` is for more than one process; ``show_problem`` renders
    errors in the site's own dress; ``ui_locales`` says the language of the request; ``event_handlers`` and
    ``needed_items`` are ``shared_signals.SharedSignals``'s; ``events_authorization`` is a header agreed for pushed
    ones; ``party`` takes everything else of ``relying_party.RelyingParty``.
    """

    def __init__(  # noqa: PLR0913 - each is a setting a deployer may need
        self,
        app: flask.Flask,
        *,
        issuer: str,
        site_url: str,
        client_id: str = "",
        client_secret: str | None = None,
        client_authentication: ClientAuthentication | None = None,
        entity: Entity | None = None,
        scope: str = "openid profile",
        extra_scopes: Collection[str] = (),
        event_handlers: Mapping[str, shared_signals.Handler] | None = None,
        needed_items: Collection[str] = (),
        events_authorization: str | None = None,
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
        if entity:
            client_id, client_authentication = entity.entity_id, entity.authentication(now)
        self.party = relying_party.RelyingParty(
            issuer=issuer,
            client_id=client_id,
            client_authentication=client_authentication or by_secret(client_secret),
            delivery=entity.request_delivery() if entity else request_delivery.PLAIN,
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
        self.signals = shared_signals.SharedSignals(
            self.party, self.sessions, handlers=event_handlers, needed_items=needed_items
        )
        self._events_authorization = events_authorization
        self._extra_scopes = frozenset(extra_scopes)
        self._after_login = after_login
        self._ui_locales = ui_locales
        self._show_problem = show_problem
        self._now = now
        self._cookies = browser_cookies.BrowserCookies(site_url, client_id)
        app.extensions["tongxing"] = self
        app.register_error_handler(errors.TongxingError, self._answer_error)
        app.after_request(self._keep_private)
        routes = flask.Blueprint("tongxing", __name__)
        routes.get("/login", endpoint="login")(self._login)
        routes.get("/callback", endpoint="callback")(self._callback)
        routes.route("/logout", methods=["GET", "POST"], endpoint="logout")(self._logout)
        app.register_blueprint(routes)
        app.register_blueprint(flask_logout_receivers.make(self.party, self.sessions))
        app.register_blueprint(flask_security_events.make(self.signals, events_authorization))
        if entity:
            asked = (*scope.split(), *sorted(self._extra_scopes))
            app.register_blueprint(flask_entity_configuration.make(entity, self.site_url, asked, now))

    def find_session(self) -> session.Session | None:
        """Who is logged in in this browser."""
        if "tongxing_session" not in flask.g:
            flask.g.tongxing_session = self.sessions.find(flask.request.cookies.get(self._cookies.session))
        found: session.Session | None = flask.g.tongxing_session
        return found

    def get_session(self) -> session.Session:
        """The same; ``LoginNeeded`` when nobody is."""
        found = self.find_session()
        if found is None:
            raise errors.LoginNeeded("no session in this browser")
        return found

    def find_farewell(self) -> str:
        """Why the provider ended the session of this browser (``shared_signals.FAREWELLS``); empty without one."""
        return self.sessions.find_farewell(flask.request.cookies.get(self._cookies.session))

    def keep_stream(self, *, by_poll: bool = False, **pace: float) -> stream_keeper.StreamKeeper:
        """Have the provider tell us events from now on: pushed to ``/security_events``, or fetched by us."""
        push_url = None if by_poll else f"{self.site_url}/security_events"
        wanted = event_stream.Wanted(
            events=self.signals.events,
            push_url=push_url,
            authorization_header=None if by_poll else self._events_authorization,
        )
        keeper = stream_keeper.StreamKeeper(self.party.event_streams, self.signals, wanted, **pace)
        keeper.start()
        return keeper

    def login_required(
        self,
        *,
        acr: str | Sequence[str] = (),
        max_age: int | None = None,
        item: str = "",
        scope: str = "",
    ) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
        """A page for people who are logged in, at level ``acr``, having proved it within ``max_age`` seconds.

        With ``item``: somebody who acts for another needs a mandate that covers this item code. With ``scope``: the
        login must have asked for it too; whether the person agreed is for the page to see.

        Others are sent to the provider and come back to this page.
        """
        need = page_need.Need(
            acr=(acr,) if isinstance(acr, str) and acr else tuple(acr),
            max_age=max_age,
            item=item,
            scope=tuple(scope.split()),
        )

        def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
            @functools.wraps(view)
            def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
                ask = page_need.find_ask(self.find_session(), need, self._now())
                if ask is not None:
                    return self.start_login(ask, self._here())
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
        session_id = flask.request.cookies[self._cookies.session]
        self.sessions.update(session_id, flask.g.tongxing_session)
        return tokens.access_token

    def start_login(self, ask: page_need.Ask, back_to: str) -> ResponseReturnValue:
        """Send the person to the provider for what ``ask`` says, and afterwards to ``back_to``, a path of this site."""
        request, address = self.party.start_login(
            acr_values=ask.acr,
            max_age=ask.max_age,
            authorization_details=(mandate.details(item_codes=ask.items),) if ask.items else (),
            return_to=back_to,
            extra_scope=" ".join(ask.scope),
            prompt=ask.prompt,
            ui_locales=self._ui_locales(),
        )
        browser_id = self.sessions.begin_login(request, flask.request.cookies.get(self._cookies.browser))
        response = flask.redirect(address, 303)
        self._cookies.set(response, self._cookies.browser, browser_id)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _login(self) -> ResponseReturnValue:
        asked = flask.request.args
        ask = login_request.read_ask(asked, self._extra_scopes)
        page = login_request.find_page(asked, site_url=self.site_url, issuer=self.party.issuer)
        return self.start_login(ask, page or self._after_login)

    def _callback(self) -> ResponseReturnValue:
        state = flask.request.args.get("state", "")
        request = self.sessions.take_login(state, flask.request.cookies.get(self._cookies.browser))
        if request is None:
            raise errors.StateUnknown("no login under way with this state in this browser")
        login = self.party.finish_login(flask.request.args.items(multi=True), request)
        items = tuple(code for one in request.authorization_details for code in one.get("item_codes", ()))
        scope = tuple(request.extra_scope.split())
        begun = session.begin(login, request.acr_values, self._now(), items, scope)
        session_id = self.sessions.start(begun, flask.request.cookies.get(self._cookies.session))
        response = flask.redirect(request.return_to, 303)
        self._cookies.set(response, self._cookies.session, session_id)
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
        self._cookies.delete(response, self._cookies.session)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _here(self) -> str:
        request = flask.request
        if request.method != "GET":
            return self._after_login
        return return_to.from_request(request.path, request.query_string)

    def _end_here(self) -> session.Session | None:
        session_id = flask.request.cookies.get(self._cookies.session)
        flask.g.tongxing_session = None
        return self.sessions.end(session_id) if session_id else None

    def _answer_error(self, error: errors.TongxingError) -> ResponseReturnValue:
        problem = error_page.describe(error, secrets.token_hex(6))
        _log.warning("tongxing: %s, reference %s: %s", problem.code, problem.reference, error)
        own = self._show_problem
        page = own(problem) if own else error_page.render(problem, flask.url_for("tongxing.login"))
        headers = {"Cache-Control": "no-store"}
        if problem.status == errors.ProviderUnavailable.status:
            headers["Retry-After"] = "5"
        return page, problem.status, headers

    def _keep_private(self, response: flask.Response) -> flask.Response:
        if "tongxing_session" in flask.g and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
