"""What the pages that let somebody in share: the journey they serve, and the session they begin or renew."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import g, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from idp import browser, clock, security_headers, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.assurance import authenticator_level, session_level
from idp.authenticators import known_device, mfa, overdue_password, password_rules, pwd
from idp.db import commit
from idp.errors import Expired
from idp.journey import journey as journeys
from idp.journey import situation
from idp.journey.journey import Journey
from idp.journey.next_step import Step, next_step
from idp.journey.situation import Situation
from idp.level_policy import current
from idp.relying_parties import asking_site, cache
from idp.relying_parties.asking_site import AskingSite
from idp.sessions import logout, standing, terms, user_agent
from idp.sessions import session as sessions
from idp.sessions.session import Session
from idp.sessions.terms import Terms


def current_journey() -> Journey:
    """Return the journey this page serves; one to /account begins when none is named. Expired when it ended."""
    named = request.args.get("journey", "")
    if named:
        journey = journeys.get(named, browser.device_id(request))
        g.journey = journey
        if journey.request is not None:
            security_headers.allow_form_action(journey.request.redirect_uri)
            browser.prefer_locales(journey.request.ui_locales)
        return journey
    journey = journeys.begin(
        browser.device_id(request), destination=local_path(request.args.get("next", ""), "/account")
    )
    if request.method == "POST":
        journeys.save_new(journey, request.remote_addr or "")
    return journey


def known(step: Step) -> Situation | None:
    """Return what is known in this journey when *step* is what is due; None when it is not (any more).

    Raises Expired when nobody is signed in or no site asks.
    """
    journey = current_journey()
    session = sessions.find_by_secret(browser.session_secret(request))
    account = accounts.find(session.account_id) if session else None
    rp = cache.find(journey.request.client_id) if journey.request else None
    if account is None or account.status != accounts.ACTIVE or (journey.request and rp is None):
        raise Expired("journey_expired")
    g.journey_session = session
    found = situation.gather(journey, rp, session, account, clock.now())
    return found if next_step(found.facts(clock.now())).step is step else None


def page_url(path: str, journey: Journey) -> str:
    """Return *path* with the journey it serves."""
    if request.args.get("journey") != journey.id and journey.request is None and request.method == "GET":
        return f"{path}?{urlencode({'next': journey.destination})}"
    return f"{path}?{urlencode({'journey': journey.id})}"


def back(journey: Journey) -> Response:
    """Return to the authorization endpoint, which knows what comes next."""
    return redirect(f"/authorize/{journey.id}", 303)


def cancel_url(journey: Journey) -> str | None:
    """Return the way back to the site without an answer to its question; None when no site asked."""
    return f"/authorize/{journey.id}/cancel" if journey.request else None


def site_of(journey: Journey) -> AskingSite | None:
    """Return the site that asks, in the person's language; None when the person came by themselves."""
    rp = cache.find(journey.request.client_id) if journey.request else None
    return asking_site.of(rp, str(get_locale())) if rp else None


@dataclass(frozen=True)
class Start:
    """Where a login that took too long can be started again: at the site that asked, or here."""

    url: str
    site_name: str | None


def start_again(journey_id: str) -> Start | None:
    """Return where that journey of this browser began, when it ended a short while ago."""
    ended = journeys.find_ended(journey_id, browser.device_id(request))
    if ended is None:
        return None
    if ended.request is None:
        return Start(f"/login?{urlencode({'next': ended.destination})}", None)
    rp = cache.find(ended.request.client_id)
    address = (rp.initiate_login_uri or rp.client_uri.text(str(get_locale()))) if rp else ""
    return Start(address, rp.client_name.text(str(get_locale()))) if rp and address else None


@dataclass(frozen=True)
class Elsewhere:
    """A login at another province's provider: its level here, when it was, and whether a new one was asked for.

    *note* is told the session, in its transaction.
    """

    level: int
    auth_time: datetime
    fresh: bool
    note: Callable[[Session], None]


def complete(
    journey: Journey, account: Account, methods: list[str], elsewhere: Elsewhere | None = None
) -> Response:
    """Begin the session of *account*, or renew this browser's if it is the same person's, and go on.

    A session of somebody else in this browser ends, and its sites are told. Who came by a password that is older than
    its policy allows chooses a new one first.
    """
    if pwd.AMR in methods and password_rules.is_due(account.id, account.kind, clock.now()):
        return _to_new_password(journey, account)
    seen = signed_in.this_browser()
    present = sessions.find_by_secret(browser.session_secret(request))
    used = mfa.amr(methods)
    cap = elsewhere.level if elsewhere else None
    agreed = _terms(journey, account, used, cap)
    replaced = None
    if present is not None and present.account_id == account.id:
        secret, session = sessions.rotate(present, used, seen, agreed, cap), present
    else:
        if present is not None:
            logout.end(present, "replaced")
            replaced = present
        session, secret = sessions.start(account.id, used, seen, agreed, cap)
    if elsewhere is not None:
        _date(session, elsewhere)
        elsewhere.note(session)
    if known_device.remember(account.id, browser.device_id(request)):
        notice.tell(account, "new_device", device=user_agent.name(seen.user_agent) or _("Unknown device"))
    commit()
    if replaced is not None:
        logout.forget(replaced)
    if journey.pending_account is not None:
        journeys.save(journey.changed(pending_account=None, methods=()))
    response = back(journey)
    browser.set_session(response, secret, session.seconds_left(clock.now()))
    if account.elder_mode:
        browser.set_elder(response, elder=True)
    return response


def _to_new_password(journey: Journey, account: Account) -> Response:
    journeys.save(journey.changed(pending_account=None, methods=()))
    overdue_password.begin(account.id, journey.id, browser.device_id(request))
    commit()
    return redirect(page_url("/login/new-password", journey), 303)


def _date(session: Session, elsewhere: Elsewhere) -> None:
    """Let the login count from when it was made there: single sign-on there is no new login here."""
    if not elsewhere.fresh and elsewhere.auth_time < session.auth_time:
        session.auth_time = elsewhere.auth_time
        session.strong_until = session.terms.strong_until(session.auth_time, clock.now())


def _terms(journey: Journey, account: Account, methods: Sequence[str], cap: int | None = None) -> Terms:
    policy = current.get()
    proofing = standing.proofing(policy, account, clock.now())
    level = session_level.of(policy, proofing, authenticator_level.of(policy, methods, account.kind))
    level = level if cap is None else min(level, cap)
    return terms.of(policy, account.kind, level, own_device=_own_device(journey))


def _own_device(journey: Journey) -> bool:
    """Whether the person said that nobody else uses this browser: on this page, or on the one before."""
    return journey.own_device or request.form.get("own_device") == "1"


def local_path(wanted: str, otherwise: str) -> str:
    """Return *wanted* when it is a path here, never another host; else *otherwise*."""
    local = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if local and len(wanted) < signed_in.LONGEST_ADDRESS else otherwise
