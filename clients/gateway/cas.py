"""The ticket adapter: the CAS protocol 3.0 in front of Tongxing, for listed services.

``/cas/login`` sends a person who is logged in on to the service with a ticket; ``/cas/p3/serviceValidate`` and
``/cas/serviceValidate`` tell the service, once, who that is; ``/cas/logout`` logs out everywhere. Proxy tickets and
single sign-out messages (§2.3.3) are not there: a service that keeps sessions of its own should keep them short.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import flask
from flask.typing import ResponseReturnValue

from clients.gateway import cas_response, cas_service, cas_ticket
from clients.gateway.cas_service import CasService
from clients.gateway.refusal import Refused
from tongxing_client import page_need, session, session_store
from tongxing_client.flask import TongxingFlask

ACR = "urn:tongxing:loa:{}"
RENEWAL_SECONDS = 900
_RENEWAL = "cas-renewal"


def make(
    tongxing: TongxingFlask,
    services: Sequence[CasService],
    store: session_store.SessionStore,
    now: Callable[[], float] = time.time,
) -> flask.Blueprint:
    """The routes, below ``/cas``."""
    routes = flask.Blueprint("cas", __name__, url_prefix="/cas")
    # A renewal counts from when the service asked for it: a link with an older one begins again.
    renewals = _Renewals(store, now)

    @routes.get("/login")
    def login() -> ResponseReturnValue:
        url = flask.request.args.get("service", "")
        if not url:
            raise Refused("no_service")
        service = cas_service.find_service(services, url)
        if service is None:
            raise Refused("service_not_listed")
        renew, found = _is_set("renew"), tongxing.find_session()
        since = renewals.find(flask.request.args.get("renewal", "")) if renew else None
        is_renewed = found is not None and since is not None and found.started_at >= since
        need = page_need.Need(acr=(ACR.format(service.level),))
        ask = page_need.find_ask(found, need, now())
        if renew and not is_renewed:
            back_to = _here(service=url, renew="true", renewal=renewals.begin())
            return tongxing.start_login(page_need.Ask(acr=need.acr, max_age=0, prompt="login"), back_to)
        if ask is not None or found is None:
            if _is_set("gateway") and not renew:
                # §2.1.1: the service would rather have nobody than a question.
                return flask.redirect(url, 303)
            return tongxing.start_login(ask or page_need.Ask(acr=need.acr), _here(service=url))
        granted = cas_ticket.Granted(
            service=url,
            user=str(found.claims.get(service.user) or found.sub),
            attributes=_attributes(service, found, is_new=is_renewed),
            is_renewed=is_renewed,
        )
        ticket = cas_ticket.issue(store, granted)
        response = flask.redirect(cas_service.with_ticket(url, ticket), 303)
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get("/p3/serviceValidate", endpoint="p3_service_validate")
    def p3_service_validate() -> ResponseReturnValue:
        return _validate(store, services, with_attributes=True)

    @routes.get("/serviceValidate", endpoint="service_validate")
    def service_validate() -> ResponseReturnValue:
        return _validate(store, services, with_attributes=False)

    @routes.get("/logout")
    def logout() -> ResponseReturnValue:
        return flask.redirect(flask.url_for("tongxing.logout"), 303)

    return routes


class _Renewals:
    """When a service asked that the person authenticate anew, kept where the browser cannot change it."""

    def __init__(self, store: session_store.SessionStore, now: Callable[[], float]) -> None:
        self._store = store
        self._now = now

    def begin(self) -> str:
        name = secrets.token_urlsafe(24)
        self._store.put(_RENEWAL, name, str(self._now()), RENEWAL_SECONDS)
        return name

    def find(self, name: str) -> float | None:
        kept = self._store.take(_RENEWAL, name) if name else None
        return None if kept is None else float(kept)


def _validate(
    store: session_store.SessionStore, services: Sequence[CasService], *, with_attributes: bool
) -> ResponseReturnValue:
    args = flask.request.args
    form = cas_response.JSON if args.get("format", "").upper() == cas_response.JSON else cas_response.XML

    def refuse(code: str, description: str) -> ResponseReturnValue:
        return _sent(form, cas_response.failure(form, code, description))

    url, ticket = args.get("service", ""), args.get("ticket", "")
    if not url or not ticket:
        return refuse(cas_response.INVALID_REQUEST, "service and ticket are both needed")
    # Used up whatever comes of it (§2.5.3).
    granted = cas_ticket.take(store, ticket)
    if granted is None:
        return refuse(cas_response.INVALID_TICKET, "the ticket is unknown, used or too old")
    if granted.service != url or cas_service.find_service(services, url) is None:
        return refuse(cas_response.INVALID_SERVICE, "the ticket was issued for another service")
    if _is_set("renew") and not granted.is_renewed:
        return refuse(cas_response.INVALID_TICKET_SPEC, "the person did not authenticate for this ticket")
    attributes = granted.attributes if with_attributes else None
    return _sent(form, cas_response.success(form, granted.user, attributes))


def _sent(form: str, body: str) -> ResponseReturnValue:
    return body, 200, {"Content-Type": cas_response.TYPES[form], "Cache-Control": "no-store"}


def _attributes(service: CasService, found: session.Session, *, is_new: bool) -> dict[str, object]:
    """The claims the service is told, and what appendix A wants beside them."""
    at = found.auth_time if found.auth_time is not None else found.started_at
    told = {name: found.claims[name] for name in service.attributes if name in found.claims}
    return {
        **told,
        "acr": found.acr or "",
        "authenticationDate": datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds"),
        "longTermAuthenticationRequestTokenUsed": "false",
        "isFromNewLogin": "true" if is_new else "false",
    }


def _is_set(name: str) -> bool:
    # §2.1.1: its presence counts; many clients say false all the same.
    return flask.request.args.get(name, "false").lower() not in {"false", ""}


def _here(**query: str) -> str:
    return f"{flask.url_for('cas.login')}?{urlencode(query)}"
