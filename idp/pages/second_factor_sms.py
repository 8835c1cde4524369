"""The second factor by message: a code sent to the account's own phone, after something the person knows.

Weaker than an app, so it shows as ``sms`` in ``amr``, and officials cannot use it (domain §2).
"""

from urllib.parse import urlencode

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
from idp.authenticators import sms
from idp.authenticators.sms import Challenge, Purpose
from idp.db import commit
from idp.errors import Expired, Forbidden, InvalidInput, TooMany, Unavailable, Upstream
from idp.journey.journey import Journey
from idp.pages import refusal, second_factor, signing_in
from idp.settings import SETTINGS

blueprint = Blueprint("second_factor_sms", __name__)

HERE = "/login/second-factor/sms"


@blueprint.get(HERE)
def second_factor_sms() -> str:
    """Offer to send a code; after it was sent, show the form for it."""
    journey, account, phone = _pending()
    ticket = request.args.get("ticket", "")
    if not ticket:
        return _offer(journey, phone, {})
    return _form(journey, _challenge(account, phone), {})


@blueprint.post(f"{HERE}/send")
def send() -> BaseResponse | tuple[str, int]:
    """Send a code to the account's phone."""
    journey, account, phone = _pending()
    commit()
    try:
        challenge = sms.begin(
            phone,
            browser=_bound(account),
            address=request.remote_addr or "",
            purpose=Purpose.SECOND_FACTOR,
        )
        sms.send(challenge, locale=str(get_locale()), known=True)
    except (TooMany, Unavailable, Upstream) as error:
        return _offer(journey, phone, refusal.errors(error, "")), refusal.status(error)
    return redirect(_url(journey, challenge.ticket), 303)


@blueprint.get(f"{HERE}/send")
def back() -> BaseResponse:
    """Lead back who comes here by a link to the offer."""
    journey, _account, _phone = _pending()
    return redirect(signing_in.page_url(HERE, journey), 303)


@blueprint.post(HERE)
def check() -> BaseResponse | tuple[str, int]:
    """Check the code; a right one is used up and the session begins."""
    journey, account, phone = _pending()
    challenge = _challenge(account, phone)
    code = request.form.get("code", "").strip()
    if not code:
        return _form(journey, challenge, {"code": _("Enter the code")}), 400
    commit()
    try:
        sms.check(challenge, code)
    except InvalidInput as error:
        metrics.login("refused")
        audit.record(EventName.LOGIN_FAILED, account_id=account.id, method=sms.AMR)
        commit()
        return _form(journey, challenge, refusal.errors(error)), 400
    sms.close(challenge)
    metrics.login("succeeded")
    return signing_in.complete(journey, account, [*journey.methods, sms.AMR])


def _pending() -> tuple[Journey, Account, str]:
    journey, account = second_factor.pending()
    phone = accounts.phone_of(account)
    if phone is None or not sms.is_second_factor_of(account, journey.methods):
        raise Forbidden("method_not_open", "This way is not open to your account. Choose another one")
    return journey, account, phone


def _challenge(account: Account, phone: str) -> Challenge:
    found = sms.get(request.args.get("ticket", ""), _bound(account), Purpose.SECOND_FACTOR)
    if found.phone != phone:
        raise Expired("journey_expired")
    return found


def _bound(account: Account) -> str:
    """Bind the challenge to browser and account: in one browser two people may log in one after the other."""
    return f"{browser.device_id(request)} {account.id}"


def _url(journey: Journey, ticket: str) -> str:
    return f"{HERE}?{urlencode({'journey': journey.id, 'ticket': ticket})}"


def _offer(journey: Journey, phone: str, errors: dict[str, str]) -> str:
    return render_template(
        "second_factor_sms.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url(f"{HERE}/send", journey),
        phone_masked=phone_number.masked(phone),
        other_url=signing_in.page_url("/login/second-factor", journey),
        errors=errors,
        values={},
    )


def _form(journey: Journey, challenge: Challenge, errors: dict[str, str]) -> str:
    return render_template(
        "phone_code.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=_url(journey, challenge.ticket),
        phone_masked=phone_number.masked(challenge.phone),
        valid_minutes=max(1, SETTINGS.get().lifetimes.phone_code // 60),
        resend_action=signing_in.page_url(f"{HERE}/send", journey),
        resend_after_seconds=challenge.pause_left,
        other_url=signing_in.page_url("/login/second-factor", journey),
        errors=errors,
        values={},
    )
