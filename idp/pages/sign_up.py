"""Sign up, step 1 of 3: the phone number.

Whether the number has an account already shows neither in the answer nor in its time: both kinds get a message, and
the page for the code.
"""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import account as accounts
from idp.accounts import phone_number
from idp.authenticators import sms
from idp.db import commit
from idp.errors import InvalidInput, TooMany, Unavailable, Upstream
from idp.journey.journey import Journey
from idp.pages import refusal, signing_in

blueprint = Blueprint("sign_up", __name__)


@blueprint.get("/sign-up")
def sign_up() -> str:
    """Show the form."""
    return _page(signing_in.current_journey(), {}, "")


@blueprint.post("/sign-up")
def send_code() -> BaseResponse | tuple[str, int]:
    """Send a code to the number, or word that it has an account."""
    journey = signing_in.current_journey()
    typed = request.form.get("phone", "")
    try:
        phone = phone_number.get(typed)
        device = browser.device_id(request)
        challenge = sms.begin(phone, browser=device, address=request.remote_addr or "")
        known = accounts.find_by_phone(phone) is not None
        # Nothing of the database is held while the gateway is asked.
        commit()
        sms.send(challenge, locale=str(get_locale()), known=known)
    except (InvalidInput, TooMany, Unavailable, Upstream) as error:
        return _page(journey, refusal.errors(error), typed), refusal.status(error)
    return redirect(url("/sign-up/code", journey, challenge.ticket), 303)


def url(path: str, journey: Journey, ticket: str) -> str:
    """Return the address of a later step."""
    return f"{path}?{urlencode({'journey': journey.id, 'ticket': ticket})}"


def _page(journey: Journey, errors: dict[str, str], typed: str) -> str:
    site = signing_in.site_of(journey)
    return render_template(
        "sign_up_phone.html",
        rp=site,
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url("/sign-up", journey),
        login_url=signing_in.page_url("/login", journey),
        privacy_url=None,
        errors=errors,
        values={"phone": typed[:40]},
    )
