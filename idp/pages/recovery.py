"""Recover an account, step 1: a phone that the person has now; a code proves it.

The same for every number: whether it belongs to an account shows only to who has proven to hold it.
"""

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import phone_number
from idp.authenticators import sms
from idp.authenticators.recovery_visit import Visit
from idp.authenticators.sms import Purpose
from idp.errors import InvalidInput, TooMany, Unavailable, Upstream
from idp.pages import refusal

blueprint = Blueprint("recovery", __name__)


@blueprint.get("/recovery")
def recovery() -> str:
    """Say what will come, and ask for the number."""
    return _page({}, "")


@blueprint.post("/recovery")
def send_code() -> BaseResponse | tuple[str, int]:
    """Send a code to the number."""
    typed = request.form.get("phone", "")
    try:
        challenge = sms.begin(
            phone_number.get(typed),
            browser=browser.device_id(request),
            address=request.remote_addr or "",
            purpose=Purpose.RECOVERY,
        )
        sms.send(challenge, locale=str(get_locale()), known=True)
    except (InvalidInput, TooMany, Unavailable, Upstream) as error:
        return _page(refusal.errors(error), typed), refusal.status(error)
    return redirect(f"/recovery/code?{urlencode({'ticket': challenge.ticket})}", 303)


def url(path: str, visit: Visit) -> str:
    """Return the address of a later step."""
    return f"{path}?{urlencode({'visit': visit.id})}"


def _page(errors: dict[str, str], typed: str) -> str:
    return render_template(
        "recovery_phone.html",
        rp=None,
        back_url="/login",
        action="/recovery",
        resume_url="/recovery/resume",
        errors=errors,
        values={"phone": typed[:40]},
    )
