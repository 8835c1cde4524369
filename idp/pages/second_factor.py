"""The second factor after a password: a code from the authenticator app, or a recovery code."""

from uuid import UUID

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import otp, recovery_code, sms
from idp.db import commit, db
from idp.errors import Expired, InvalidInput, TooMany
from idp.journey.journey import Journey
from idp.pages import refusal, signing_in

blueprint = Blueprint("second_factor", __name__)

METHODS = {"totp": otp, "recovery_code": recovery_code}


@blueprint.get("/login/second-factor")
def second_factor() -> str:
    """Show the form for the chosen method."""
    journey, account = pending()
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
    if account is None or account.status != "active":
        raise Expired("journey_expired")
    return journey, account


def _method() -> str:
    method = request.args.get("method", "totp")
    return method if method in METHODS else "totp"


def _page(journey: Journey, account: Account, method: str, errors: dict[str, str]) -> str:
    open_to_sms = sms.is_second_factor_of(account, journey.methods)
    sms_url = signing_in.page_url("/login/second-factor/sms", journey) if open_to_sms else None
    here = signing_in.page_url("/login/second-factor", journey)
    other = "totp" if method == "recovery_code" else "recovery_code"
    return render_template(
        "second_factor.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=f"{here}&method={method}",
        method=method,
        switch_url=f"{here}&method={other}",
        sms_url=sms_url,
        account_name=None,
        errors=errors,
        values={},
    )
