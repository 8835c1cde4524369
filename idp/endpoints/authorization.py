"""``authorization_endpoint`` (OIDC Core §3.1.2): where every login begins, and where every page returns to.

`authorize` checks the request; `_proceed` lets `situation` gather the facts, asks the pure `next_step` and either sends
the browser to the one page that is due or answers the relying party.
"""

from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc6749.errors import OAuth2Error
from flask import Blueprint, Response, redirect, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock, network_address, parameters, security_headers
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.authenticators import mfa
from idp.authorization_server import RESPONSE_TYPES, SERVER
from idp.db import commit
from idp.errors import InvalidInput
from idp.grants.authorization_code import S256CodeChallenge
from idp.journey import answer, authorization_request, pushed_request, request_object, situation
from idp.journey import journey as journeys
from idp.journey.authorization_request import PROMPTS
from idp.journey.journey import Journey
from idp.journey.next_step import Step, next_step
from idp.journey.situation import Situation
from idp.local_limit import LOCAL_LIMIT
from idp.relying_parties import asking_site, cache, federated
from idp.relying_parties.metadata_fields import AUTHORIZATION_DETAILS_TYPES
from idp.relying_parties.relying_party import RelyingParty
from idp.response_modes import BY_NAME
from idp.response_modes.reply import Reply
from idp.sessions import session as sessions
from idp.sessions.session import Session
from idp.settings import SETTINGS

blueprint = Blueprint("authorization", __name__)

MINUTE = 60

# The page of each step. Everything else about a page is its own business.
PAGES = {
    Step.SIGN_IN: "/login",
    Step.SECOND_FACTOR: "/login/second-factor",
    Step.CHOOSE_ACCOUNT: "/choose-account",
    Step.RAISE_LEVEL: "/raise-level",
    Step.CHOOSE_IDENTITY: "/choose-identity",
    Step.CONSENT: "/consent",
}


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise what may be asked for."""
    return {
        "authorization_endpoint": f"{issuer}/authorize",
        "response_types_supported": list(RESPONSE_TYPES),
        "response_modes_supported": list(BY_NAME),
        "code_challenge_methods_supported": list(S256CodeChallenge.SUPPORTED_CODE_CHALLENGE_METHOD),
        "prompt_values_supported": sorted(PROMPTS),
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_object_signing_alg_values_supported": list(request_object.ALGORITHMS),
        "require_signed_request_object": False,
        "request_uri_parameter_supported": False,
        "authorization_response_iss_parameter_supported": True,
        "display_values_supported": ["page"],
        "authorization_details_types_supported": list(AUTHORIZATION_DETAILS_TYPES),
    }


@blueprint.route("/authorize", methods=["GET", "POST"])
def authorize() -> BaseResponse:
    """Check an authorization request and take the person on their way."""
    posted = request.method == "POST"
    params = parameters.read(request.get_data() if posted else request.query_string)
    if posted and "request" not in params:
        return _come_again(params)
    try:
        params = SERVER.get().signed_parameters(params, request.remote_addr or "")
        asked_for = SERVER.get().authorization_request(params)
    except OAuth2Error as error:
        return _refuse(params, error)
    if posted:
        # Each takes room, and a member of the federation that nobody here knows can sign as many as it likes.
        caller = network_address.caller(request.remote_addr or "")
        LOCAL_LIMIT.get().check(f"par:{caller}", SETTINGS.get().limits.new_journeys_per_address, MINUTE)
        # A request object may be longer than an address, and it counts once: it waits here for the browser.
        return _come_again({"client_id": asked_for.client_id, "request_uri": pushed_request.push(asked_for)})
    return _proceed(journeys.begin(browser.device_id(request), request=asked_for), is_new=True)


@blueprint.get("/authorize/<journey_id>")
def resume(journey_id: str) -> BaseResponse:
    """Go on with a journey after a page has done its part."""
    return _proceed(journeys.get(journey_id, browser.device_id(request)), is_new=False)


@blueprint.get("/authorize/<journey_id>/cancel")
def cancel(journey_id: str) -> BaseResponse:
    """Take the person back to the site that asked, without what it asked for."""
    journey = journeys.get(journey_id, browser.device_id(request))
    return _proceed(journey.changed(denied=True), is_new=False)


def _come_again(params: dict[str, str]) -> BaseResponse:
    """Send the browser here by GET: a post from another site carries no SameSite cookies."""
    return redirect(f"/authorize?{urlencode(params)}", 303)


def _proceed(journey: Journey, *, is_new: bool) -> BaseResponse:
    session, person = _signed_in()
    asked_for = journey.request
    browser.prefer_locales(asked_for.ui_locales if asked_for else ())
    rp = federated.get(asked_for.client_id) if asked_for else None
    if asked_for is not None and rp is None:
        raise InvalidInput("invalid_client", detail="the relying party was removed during the login")
    known = situation.gather(journey, rp, session, person, clock.now())
    due = next_step(known.facts(clock.now()))
    if due.step in PAGES:
        return _send_to_page(known, due.step, is_new=is_new)
    if asked_for is None or rp is None:
        response: BaseResponse = redirect(journey.destination, 303)
    elif due.step is Step.REFUSE:
        reply = answer.refuse(
            asked_for.redirect_uri, asked_for.response_mode, asked_for.state, due.error, None
        )
        response = send(reply, rp)
    else:
        response = send(answer.grant(known.settled()), rp)
    commit()
    if not is_new:
        # Last: should the database be away, the person can come again.
        journeys.finish(journey)
    return response


def _send_to_page(known: Situation, step: Step, *, is_new: bool) -> BaseResponse:
    journey = known.journey
    due = step is Step.SECOND_FACTOR and not known.first_factor_done(clock.now())
    if due and known.session and known.person:
        # A step up: what the session has stands for the first factor.
        methods = tuple(method for method in known.session.methods if method != mfa.AMR)
        session_id = str(known.session.id)
        journey = journey.changed(
            pending_account=str(known.person.id), pending_session=session_id, methods=methods
        )
    if is_new:
        journeys.save_new(journey, request.remote_addr or "")
    elif step is not Step.SIGN_IN:
        journeys.save(journey)  # somebody goes on with it
    return redirect(f"{PAGES[step]}?{urlencode({'journey': journey.id})}", 303)


def send(reply: Reply, rp: RelyingParty | None) -> BaseResponse:
    """Send the answer to the relying party through the browser."""
    if reply.location is not None:
        response: BaseResponse = redirect(reply.location, 303)
        response.headers["Cache-Control"] = "no-store"
        return response
    security_headers.allow_form_action(reply.action or "")
    page = render_template(
        "form_post.html",
        action=reply.action,
        params=list(reply.params),
        rp=asking_site.of(rp, str(get_locale())) if rp else None,
    )
    return Response(page)


def _refuse(params: dict[str, str], error: OAuth2Error) -> BaseResponse:
    if not error.redirect_uri:
        # Client or redirect URI are not what was registered: the person stays here (RFC 6749 §4.1.2.1).
        raise InvalidInput(error.error, detail=error.description or "")
    mode = authorization_request.response_mode(params)
    reply = answer.refuse(error.redirect_uri, mode, params.get("state"), error.error, error.description)
    return send(reply, cache.find(params["client_id"]))


def _signed_in() -> tuple[Session | None, Account | None]:
    session = sessions.find_by_secret(browser.session_secret(request))
    account = accounts.find(session.account_id) if session else None
    return (session, account) if account is not None and account.status == "active" else (None, None)
