"""Another phone number, step 1 of 2: which one. A code goes there; who has the number already hears that instead.

Asked of a login that is fresh and as strong as the account's can be (floor ``change_phone``): the number opens doors.
"""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import account as accounts
from idp.accounts import phone_change, phone_number
from idp.authenticators import sms
from idp.authenticators.sms import Purpose
from idp.db import commit
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany, Unavailable, Upstream
from idp.level_policy import current as current_policy
from idp.pages import refusal
from idp.settings import SETTINGS

blueprint = Blueprint("change_phone", __name__)

HERE = "/account/phone"
CODE = f"{HERE}/code"
DAY = 86_400


def require() -> BaseResponse | None:
    """Let citizens pass whose login is fresh and strong enough to change their number."""
    away = signed_in.require_fresh()
    if away is None:
        away = signed_in.step_up(current_policy.get().floors.acts["change_phone"])
    if away is None and signed_in.current().account.kind != accounts.CITIZEN:
        raise Forbidden("not_a_citizen", _("This account is changed by those who manage it"))
    return away


blueprint.before_request(require)


@blueprint.get(HERE)
def change_phone() -> str:
    """Show the form."""
    return _page({}, "")


@blueprint.post(HERE)
def send_code() -> BaseResponse | tuple[str, int]:
    """Send a code to the new number."""
    account, typed = signed_in.current().account, request.form.get("phone", "")
    try:
        phone = phone_number.get(typed)
        phone_change.check_new(account, phone)
        challenge = sms.begin(
            phone,
            browser=browser.device_id(request),
            address=request.remote_addr or "",
            purpose=Purpose.NEW_PHONE,
        )
        known = accounts.find_by_phone(phone) is not None
        # Nothing of the database is held while the gateway is asked.
        commit()
        sms.send(challenge, locale=str(get_locale()), known=known)
    except (Conflict, InvalidInput, TooMany, Unavailable, Upstream) as error:
        return _page(refusal.errors(error), typed), refusal.status(error)
    return redirect(code_url(challenge.ticket), 303)


def code_url(ticket: str, path: str = CODE) -> str:
    """Return the address of the second step."""
    return f"{path}?{urlencode({'ticket': ticket})}"


def _page(errors: dict[str, str], typed: str) -> str:
    phone = accounts.phone_of(signed_in.current().account)
    return signed_in.page(
        "account/change_phone.html",
        action=HERE,
        phone_masked=phone_number.masked(phone) if phone else None,
        days=max(1, SETTINGS.get().lifetimes.phone_restore // DAY),
        back_url="/account/settings",
        errors=errors,
        values={"phone": typed[:40]},
    )
