"""What the pages of a person's own account share: who is signed in, how freshly, and the frame they are shown in.

A page's blueprint asks before each request: ``blueprint.before_request(signed_in.require)`` or, where ways of
signing in are changed, ``signed_in.require_change``. Who is not (freshly) signed in goes there first and comes back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import current_app, flash, g, get_flashed_messages, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.assurance import authenticator_level, session_level
from idp.assurance.policy import Act, Policy
from idp.authenticators import enrolled, mfa, otp
from idp.db import commit
from idp.journey import requirement
from idp.level_policy import current as current_policy
from idp.sessions import session as sessions
from idp.sessions import standing
from idp.sessions.session import Browser, Session
from idp.settings import SETTINGS

# No page that comes back goes further (`signing_in.local_path`).
LONGEST_ADDRESS = 500


@dataclass(frozen=True)
class SignedIn:
    """The person of this request. ``methods``: the ways of signing in that the account has (`enrolled`)."""

    session: Session
    account: Account
    methods: frozenset[str]

    @property
    def owes_code(self) -> bool:
        """Whether the code of an app is enrolled."""
        return otp.AMR in self.methods

    @property
    def owes_second_factor(self) -> bool:
        """Whether the account can show more than a password, so that a password alone changes nothing."""
        return bool(enrolled.SECOND_FACTORS & self.methods)

    def is_fresh(self) -> bool:
        """Whether the login is young enough, and strong enough, to change ways of signing in."""
        age = clock.now() - self.session.auth_time
        young = age <= timedelta(seconds=SETTINGS.get().lifetimes.reauthentication)
        own = bool(set(self.session.methods) - {*mfa.SECOND_HAND, mfa.AMR})
        return young and own and (not self.owes_second_factor or mfa.is_two_factors(self.session.methods))


def require() -> BaseResponse | None:
    """Let a person pass who is signed in; send everybody else to log in. Forbidden for a locked account."""
    session = sessions.find_by_secret(browser.session_secret(request))
    account = accounts.find(session.account_id) if session else None
    methods = enrolled.of(account.id) if account else frozenset()
    # Notes when the session was last seen, and holds no transaction while the page does slow things.
    commit()
    if session is None or account is None:
        return redirect(f"/login?{urlencode({'next': here()})}", 303)
    accounts.check_active(account)
    g.signed_in = SignedIn(session, account, methods)
    return None


def require_fresh() -> BaseResponse | None:
    """Let a person pass who has just proven who they are; ask everybody else to do so once more."""
    away = require()
    if away is None and not current().is_fresh():
        away = redirect(f"/account/reauthenticate?{urlencode({'next': here()})}", 303)
    elif away is None:
        _lives_on_proof(SETTINGS.get().lifetimes.reauthentication)
    return away


def require_act(name: str) -> BaseResponse | None:
    """Let pass who is signed in as strongly and freshly as the policy asks for the act *name*; others step up."""
    return require() or step_up(current_policy.get().floors.acts[name])


def require_change() -> BaseResponse | None:
    """Let pass who may change ways of signing in: freshly logged in, and as strongly as the policy asks (domain §2).

    Else who has one factor adds the second one of their own, and is then worth what nobody with one factor is.
    """
    return require_fresh() or step_up(current_policy.get().floors.acts["change_authenticator"])


def step_up(floor: Act) -> BaseResponse | None:
    """Let the person that `require` let pass go on where *floor* is met; send them to step up where it is not."""
    person, now, policy = current(), clock.now(), current_policy.get()
    needed = floor.level if floor.level is not None else _reachable(policy, person, now)
    held = standing.level(policy, person.account, person.session, now)
    has_key = not floor.cryptographic or bool(requirement.CRYPTOGRAPHIC & set(person.session.methods))
    age = now - person.session.auth_time
    too_old = floor.max_age is not None and age > timedelta(seconds=floor.max_age)
    if held >= needed and has_key and not too_old:
        _lives_on_proof(floor.max_age, level=needed)
        return None
    asked = {"next": here(), "level": str(needed)}
    asked |= {"cryptographic": "1"} if floor.cryptographic else {}
    asked |= {"fresh": "1"} if too_old else {}
    return redirect(f"/step-up?{urlencode(asked)}", 303)


@dataclass(frozen=True)
class Proof:
    """What this request's page lives on beside the session: a login at most *max_age* seconds old, and its level."""

    max_age: int | None = None
    level: int = 0


def proof() -> Proof:
    """Return what the page of this request was let pass for."""
    found: Proof = g.get("proof", Proof())
    return found


def _lives_on_proof(max_age: int | None, level: int = 0) -> None:
    known = proof()
    ages = [age for age in (known.max_age, max_age) if age is not None]
    g.proof = Proof(min(ages, default=None), max(known.level, level))


def _reachable(policy: Policy, person: SignedIn, now: datetime) -> int:
    best = authenticator_level.best(policy, person.methods, person.account.kind)
    return session_level.of(policy, standing.proofing(policy, person.account, now), best)


def current() -> SignedIn:
    """Return the person that `require` let pass."""
    signed_in: SignedIn = g.signed_in
    return signed_in


def this_browser() -> Browser:
    """Return what we know of the browser of this request."""
    return Browser(user_agent=request.headers.get("User-Agent", ""), address=request.remote_addr or "")


def page(template: str, **context: Any) -> str:
    """Show *template* in the frame of the person's account, with the notice that the page before left."""
    flashed = get_flashed_messages()
    context.setdefault("notice", flashed[-1] if flashed else None)
    # Named here, because a session that was just rotated is not found by the request's cookie any more.
    context.setdefault("unread", notice.unread(current().account.id))
    context.setdefault("person", {"name": accounts.name_of(current().account)})
    return render_template(template, **context)


def go(path: str, notice: str) -> BaseResponse:
    """Go to *path* after a form was done, and say there what happened."""
    flash(notice)
    return redirect(path, 303)


def here() -> str:
    """Return the address to come back to: this one with its query; of a form's that answers posts only, its page."""
    path, query = request.path, request.query_string.decode("ascii", "replace")
    addresses = current_app.create_url_adapter(request)
    while addresses is not None and path and not addresses.test(path, "GET"):
        path, query = path.rpartition("/")[0], ""
    keeps = query and query.isascii() and query.isprintable()
    whole = f"{path}?{query}" if keeps else path
    return whole if len(whole) < LONGEST_ADDRESS else path
