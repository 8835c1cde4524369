"""Log in without a password, step 1 of 2: the phone number that a code goes to.

Whether the number has an account shows neither in the answer nor in its time: both kinds get a message, and the page
for the code. Officials have other ways (domain §2); to them the number has none.
"""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.accounts.account import Account
from idp.authenticators import sms
from idp.authenticators.sms import Purpose
from idp.db import commit
from idp.errors import InvalidInput, TooMany, Unavailable, Upstream
from idp.journey.journey import Journey
from idp.pages import refusal, signing_in

blueprint = Blueprint("login_sms", __name__)


@blueprint.get("/login/sms")
def login_sms() -> str:
    """Show the form."""
    return _page(signing_in.current_journey(), {}, "")


@blueprint.post("/login/sms")
def send_code() -> BaseResponse | tuple[str, int]:
    """Send a code to the number, or word that it opens nothing."""
    journey = signing_in.current_journey()
    typed = request.form.get("phone", "")
    try:
        phone = phone_number.get(typed)
        challenge = sms.begin(
            phone,
            browser=browser.device_id(request),
            address=request.remote_addr or "",
            purpose=Purpose.LOGIN,
        )
        known = find_account(phone) is not None
        # Nothing of the database is held while the gateway is asked.
        commit()
        sms.send(challenge, locale=str(get_locale()), known=known)
    except (InvalidInput, TooMany, Unavailable, Upstream) as error:
        return _page(journey, refusal.errors(error), typed), refusal.status(error)
    return redirect(url("/login/sms/code", journey, challenge.ticket), 303)


def find_account(phone: str) -> Account | None:
    """Return the account that a code sent to *phone* may open, or None."""
    account = accounts.find_by_phone(phone)
    return account if account is not None and account.kind != accounts.OFFICIAL else None


def url(path: str, journey: Journey, ticket: str) -> str:
    """Return the address of the second step."""
    return f"{path}?{urlencode({'journey': journey.id, 'ticket': ticket})}"


def _page(journey: Journey, errors: dict[str, str], typed: str) -> str:
    return render_template(
        "login_sms.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url("/login/sms", journey),
        login_url=signing_in.page_url("/login", journey),
        errors=errors,
        values={"phone": typed[:40]},
    )
