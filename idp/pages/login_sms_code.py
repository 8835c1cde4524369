"""Log in without a password, step 2 of 2: the code that came by message.

Where a second factor is enrolled it is asked next, as after a password.
"""

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.accounts.account import Account
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import otp, sms
from idp.authenticators.sms import Challenge, Purpose
from idp.db import commit
from idp.errors import Expired, Forbidden, InvalidInput, TooMany, Unavailable, Upstream
from idp.journey import journey as journeys
from idp.journey.journey import Journey
from idp.pages import login_sms, refusal, signing_in
from idp.settings import SETTINGS

blueprint = Blueprint("login_sms_code", __name__)


@blueprint.get("/login/sms/code")
def login_sms_code() -> str:
    """Show the form."""
    journey, challenge = _asked()
    return _page(journey, challenge, {})


@blueprint.post("/login/sms/code")
def check() -> BaseResponse | tuple[str, int]:
    """Check the code; a right one is used up and begins the session, or leads to the second factor."""
    journey, challenge = _asked()
    code = request.form.get("code", "").strip()
    if not code:
        return _page(journey, challenge, {"code": _("Enter the code")}), 400
    account = None
    try:
        account = login_sms.find_account(challenge.phone)
        commit()
        sms.check(challenge, code)
        if account is None:
            # The number was given up between message and code.
            raise Expired("journey_expired")
        accounts.check_active(account)
    except (InvalidInput, Forbidden) as error:
        metrics.login("refused")
        audit.record(
            EventName.LOGIN_FAILED,
            account_id=account.id if account else None,
            method=sms.AMR,
            reason=error.code,
        )
        commit()
        return _page(journey, challenge, {error.field: _(str(error.message))}), 400
    sms.close(challenge)
    return _let_in(journey, account)


@blueprint.post("/login/sms/code/resend")
def resend() -> BaseResponse | tuple[str, int]:
    """Send another message."""
    journey, challenge = _asked()
    known = login_sms.find_account(challenge.phone) is not None
    commit()
    try:
        sms.resend(challenge, address=request.remote_addr or "", locale=str(get_locale()), known=known)
    except (TooMany, Unavailable, Upstream) as error:
        return _page(journey, challenge, refusal.errors(error, "")), refusal.status(error)
    return redirect(login_sms.url("/login/sms/code", journey, challenge.ticket), 303)


@blueprint.get("/login/sms/code/resend")
def back() -> BaseResponse:
    """Lead back who comes here by a link to the form."""
    journey, challenge = _asked()
    return redirect(login_sms.url("/login/sms/code", journey, challenge.ticket), 303)


def _let_in(journey: Journey, account: Account) -> BaseResponse:
    if otp.is_enrolled(account.id):
        journeys.save(journey.changed(pending_account=str(account.id), methods=(sms.AMR,)))
        commit()
        return signing_in.back(journey)
    metrics.login("succeeded")
    return signing_in.complete(journey, account, [sms.AMR])


def _asked() -> tuple[Journey, Challenge]:
    """Return the journey and this browser's challenge; Expired without one."""
    journey = signing_in.current_journey()
    ticket = request.args.get("ticket", "")
    return journey, sms.get(ticket, browser.device_id(request), Purpose.LOGIN)


def _page(journey: Journey, challenge: Challenge, errors: dict[str, str]) -> str:
    return render_template(
        "phone_code.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=login_sms.url("/login/sms/code", journey, challenge.ticket),
        phone_masked=phone_number.masked(challenge.phone),
        valid_minutes=max(1, SETTINGS.get().lifetimes.phone_code // 60),
        resend_action=login_sms.url("/login/sms/code/resend", journey, challenge.ticket),
        resend_after_seconds=challenge.pause_left,
        other_url=signing_in.page_url("/login", journey),
        errors=errors,
        values={},
    )
