"""The second factor by a code from the authenticator app, or a recovery code; where all second factors begin."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock, metrics
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import otp, pwd, recovery_code
from idp.db import commit, db
from idp.errors import Expired, InvalidInput, TooMany
from idp.journey import journey as journeys
from idp.journey.journey import Journey
from idp.pages import refusal, second_factor_ways, signing_in
from idp.sessions import session as sessions

blueprint = Blueprint("second_factor", __name__)

METHODS = {"totp": otp, "recovery_code": recovery_code}


@blueprint.get("/login/second-factor")
def second_factor() -> BaseResponse | str:
    """Show the form for the chosen method; without a choice lead to the best one that the account has."""
    journey, account = pending()
    if "method" not in request.args:
        ways = second_factor_ways.of(account, journey)
        if ways and not ways[0].path.startswith(f"{second_factor_ways.CODE}?"):
            return redirect(ways[0].url(journey), 303)
    return _page(journey, account, _method(), {})


@blueprint.post("/login/second-factor")
def check() -> BaseResponse | tuple[str, int]:
    """Check the code; a right one is used up (RFC 6238 §5.2) and the session begins."""
    journey, account = pending()
    method = _method()
    code = request.form.get("code", "").strip()
    if not code:
        return _page(journey, account, method, {"code": _("Enter the code")}), 400
    authenticator = METHODS[method]
    try:
        authenticator.check(account.id, code, device=browser.device_id(request))
    except InvalidInput as error:
        db.session.rollback()
        metrics.login("refused")
        audit.record(EventName.LOGIN_FAILED, account_id=account.id, method=authenticator.AMR)
        commit()
        return _page(journey, account, method, {"code": _(str(error.message))}), 400
    except TooMany as error:
        return _page(journey, account, method, refusal.errors(error, "")), 429
    metrics.login("succeeded")
    return signing_in.complete(journey, account, [*journey.methods, authenticator.AMR])


def pending() -> tuple[Journey, Account]:
    """Return the journey and the account that passed the first factor in it; Expired without one."""
    journey = signing_in.current_journey()
    account = accounts.find(UUID(journey.pending_account)) if journey.pending_account else None
    if account is None or account.status != "active" or not _counts(journey):
        raise Expired("journey_expired")
    if _is_overtaken(journey, account):
        # Whoever changed it shut out whoever knew the old one.
        journeys.save(journey.changed(pending_account=None, methods=()))
        raise Expired("journey_expired")
    return journey, account


def _is_overtaken(journey: Journey, account: Account) -> bool:
    """Whether the password that was the first factor has been replaced since, or taken away."""
    if journey.pending_session is not None or pwd.AMR not in journey.methods:
        return False
    changed_at = pwd.changed_at(account.id)
    return changed_at is None or changed_at.timestamp() > journey.pending_at


def _counts(journey: Journey) -> bool:
    """Whether the first factor still counts: in a step up it is that of a session, and ends with it."""
    if journey.pending_session is None:
        return True
    session = sessions.find_by_secret(browser.session_secret(request))
    return (
        session is not None and str(session.id) == journey.pending_session and session.is_strong(clock.now())
    )


def _method() -> str:
    method = request.args.get("method", "totp")
    return method if method in METHODS else "totp"


def _page(journey: Journey, account: Account, method: str, errors: dict[str, str]) -> str:
    here = signing_in.page_url(second_factor_ways.CODE, journey)
    return render_template(
        "second_factor.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=f"{here}&method={method}",
        method=method,
        others=second_factor_ways.others(account, journey, method),
        account_name=None,
        errors=errors,
        values={},
    )
