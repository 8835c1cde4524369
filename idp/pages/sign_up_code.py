"""Sign up, step 2 of 3: the code that came by message."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.authenticators import sms
from idp.authenticators.sms import Challenge
from idp.db import commit
from idp.errors import InvalidInput, TooMany, Unavailable, Upstream
from idp.journey.journey import Journey
from idp.pages import refusal, sign_up, signing_in
from idp.settings import SETTINGS

blueprint = Blueprint("sign_up_code", __name__)


@blueprint.get("/sign-up/code")
def sign_up_code() -> BaseResponse | str:
    """Show the form."""
    journey, challenge = _asked()
    return _next(journey, challenge) if challenge.proven else _page(journey, challenge, {})


@blueprint.post("/sign-up/code")
def check() -> BaseResponse | tuple[str, int]:
    """Check the code and go on."""
    journey, challenge = _asked()
    code = request.form.get("code", "").strip()
    if not code:
        return _page(journey, challenge, {"code": _("Enter the code")}), 400
    try:
        sms.check(challenge, code)
    except InvalidInput as error:
        return _page(journey, challenge, refusal.errors(error)), 400
    return _next(journey, challenge)


@blueprint.post("/sign-up/code/resend")
def resend() -> BaseResponse | tuple[str, int]:
    """Send another message."""
    journey, challenge = _asked()
    known = accounts.find_by_phone(challenge.phone) is not None
    commit()
    try:
        sms.resend(challenge, address=request.remote_addr or "", locale=str(get_locale()), known=known)
    except (TooMany, Unavailable, Upstream) as error:
        return _page(journey, challenge, refusal.errors(error, "")), refusal.status(error)
    return redirect(sign_up.url("/sign-up/code", journey, challenge.ticket), 303)


@blueprint.get("/sign-up/code/resend")
def back() -> BaseResponse:
    """Lead back who comes here by a link (another language, the address line) to the form."""
    journey, challenge = _asked()
    return redirect(sign_up.url("/sign-up/code", journey, challenge.ticket), 303)


def _asked() -> tuple[Journey, Challenge]:
    """Return the journey and this browser's challenge; Expired without one."""
    journey = signing_in.current_journey()
    return journey, sms.get(request.args.get("ticket", ""), browser.device_id(request))


def _next(journey: Journey, challenge: Challenge) -> BaseResponse:
    return redirect(sign_up.url("/sign-up/details", journey, challenge.ticket), 303)


def _page(journey: Journey, challenge: Challenge, errors: dict[str, str]) -> str:
    return render_template(
        "sign_up_code.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=sign_up.url("/sign-up/code", journey, challenge.ticket),
        phone_masked=phone_number.masked(challenge.phone),
        valid_minutes=max(1, SETTINGS.get().lifetimes.phone_code // 60),
        resend_action=sign_up.url("/sign-up/code/resend", journey, challenge.ticket),
        resend_after_seconds=challenge.pause_left,
        change_phone_url=signing_in.page_url("/sign-up", journey),
        errors=errors,
        values={},
    )
