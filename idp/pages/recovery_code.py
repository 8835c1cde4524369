"""Recover an account, step 2: the code that came by message."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.authenticators import recovery_proof, recovery_visit, sms
from idp.authenticators.sms import Challenge, Purpose
from idp.db import commit
from idp.errors import InvalidInput, TooMany, Unavailable, Upstream
from idp.pages import recovery, refusal
from idp.settings import SETTINGS

blueprint = Blueprint("recovery_code", __name__)

HERE = "/recovery/code"


@blueprint.get(HERE)
def recovery_code() -> str:
    """Show the form."""
    return _page(_asked(), {})


@blueprint.post(HERE)
def check() -> BaseResponse | tuple[str, int]:
    """Check the code; from here on the person may know whether the number has an account."""
    challenge = _asked()
    code = request.form.get("code", "").strip()
    if not code:
        return _page(challenge, {"code": _("Enter the code")}), 400
    try:
        sms.check(challenge, code)
    except InvalidInput as error:
        return _page(challenge, refusal.errors(error)), 400
    account = accounts.find_by_phone(challenge.phone)
    commit()
    visit = recovery_visit.begin(
        challenge.browser,
        phone=challenge.phone,
        own_number=account is not None,
        proofs=(recovery_proof.PHONE,),
        account_id=str(account.id) if account else None,
    )
    sms.close(challenge)
    return redirect(recovery.url("/recovery/proof", visit), 303)


@blueprint.post(f"{HERE}/resend")
def resend() -> BaseResponse | tuple[str, int]:
    """Send another message."""
    challenge = _asked()
    try:
        sms.resend(challenge, address=request.remote_addr or "", locale=str(get_locale()), known=True)
    except (TooMany, Unavailable, Upstream) as error:
        return _page(challenge, refusal.errors(error, "")), refusal.status(error)
    return redirect(_url(HERE, challenge), 303)


@blueprint.get(f"{HERE}/resend")
def back() -> BaseResponse:
    """Lead back who comes here by a link to the form."""
    return redirect(_url(HERE, _asked()), 303)


def _asked() -> Challenge:
    return sms.get(request.args.get("ticket", ""), browser.device_id(request), Purpose.RECOVERY)


def _url(path: str, challenge: Challenge) -> str:
    return f"{path}?{urlencode({'ticket': challenge.ticket})}"


def _page(challenge: Challenge, errors: dict[str, str]) -> str:
    return render_template(
        "phone_code.html",
        rp=None,
        back_url="/recovery",
        action=_url(HERE, challenge),
        phone_masked=phone_number.masked(challenge.phone),
        valid_minutes=max(1, SETTINGS.get().lifetimes.phone_code // 60),
        resend_action=_url(f"{HERE}/resend", challenge),
        resend_after_seconds=challenge.pause_left,
        other_url=None,
        step=_("Recover your account"),
        errors=errors,
        values={},
    )
