"""Another phone number, step 2 of 2: the code that came there; then the account has it, and the old one is told."""

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import account as accounts
from idp.accounts import phone_change, phone_number
from idp.authenticators import sms
from idp.authenticators.sms import Challenge, Purpose
from idp.db import commit, db
from idp.errors import Conflict, Expired, InvalidInput, TooMany, Unavailable, Upstream
from idp.pages import change_phone, refusal
from idp.proofing import evidence
from idp.settings import SETTINGS

blueprint = Blueprint("change_phone_code", __name__)
blueprint.before_request(change_phone.require)

DONE = "/account/settings"


@blueprint.get(change_phone.CODE)
def change_phone_code() -> BaseResponse | str:
    """Show the form; without a message that can still be answered, the one before it."""
    challenge = _asked()
    return _page(challenge, {}) if challenge else redirect(change_phone.HERE, 303)


@blueprint.post(change_phone.CODE)
def check() -> BaseResponse | tuple[str, int]:
    """Check the code and change the number."""
    challenge = _asked()
    if challenge is None:
        return redirect(change_phone.HERE, 303)
    code = request.form.get("code", "").strip()
    if not code:
        return _page(challenge, {"code": _("Enter the code")}), 400
    try:
        sms.check(challenge, code)
    except InvalidInput as error:
        return _page(challenge, refusal.errors(error)), error.status
    if not sms.close(challenge):
        return redirect(DONE, 303)
    account = signed_in.current().account
    try:
        phone_change.change(account, challenge.phone)
        evidence.add(account, "phone", source=sms.AMR)
        commit()
    except Conflict as error:
        db.session.rollback()
        return signed_in.go(change_phone.HERE, refusal.text(error))
    return signed_in.go(DONE, _("Your phone number is changed"))


@blueprint.post(f"{change_phone.CODE}/resend")
def resend() -> BaseResponse | tuple[str, int]:
    """Send another message."""
    challenge = _asked()
    if challenge is None:
        return redirect(change_phone.HERE, 303)
    known = accounts.find_by_phone(challenge.phone) is not None
    commit()
    try:
        sms.resend(challenge, address=request.remote_addr or "", locale=str(get_locale()), known=known)
    except (TooMany, Unavailable, Upstream) as error:
        return _page(challenge, refusal.errors(error, "")), refusal.status(error)
    return redirect(change_phone.code_url(challenge.ticket), 303)


@blueprint.get(f"{change_phone.CODE}/resend")
def back() -> BaseResponse:
    """Lead back who comes here by a link to the form."""
    return redirect(change_phone.code_url(request.args.get("ticket", "")), 303)


def _asked() -> Challenge | None:
    try:
        return sms.get(request.args.get("ticket", ""), browser.device_id(request), Purpose.NEW_PHONE)
    except Expired:
        return None


def _page(challenge: Challenge, errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/change_phone_code.html",
        action=change_phone.code_url(challenge.ticket),
        phone_masked=phone_number.masked(challenge.phone),
        valid_minutes=max(1, SETTINGS.get().lifetimes.phone_code // 60),
        resend_action=change_phone.code_url(challenge.ticket, f"{change_phone.CODE}/resend"),
        resend_after_seconds=challenge.pause_left,
        back_url=change_phone.HERE,
        errors=errors,
        values={},
    )
