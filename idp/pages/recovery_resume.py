"""Recover an account: come back with the ticket, days later, in whatever browser."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, network_address, rate_limit
from idp.authenticators import recovery_row, recovery_visit
from idp.errors import TooMany
from idp.pages import recovery, refusal
from idp.settings import SETTINGS

blueprint = Blueprint("recovery_resume", __name__)

HERE = "/recovery/resume"
HOUR = 3600


@blueprint.get(HERE)
def recovery_resume() -> str:
    """Show the form."""
    return _page({})


@blueprint.post(HERE)
def resume() -> BaseResponse | tuple[str, int]:
    """Go to where the recovery of that ticket stands."""
    limit = SETTINGS.get().limits.recoveries_per_address
    caller = rate_limit.hashed(network_address.caller(request.remote_addr or ""))
    try:
        rate_limit.check(f"recovery-tickets:{caller}", limit, HOUR)
    except TooMany as error:
        return _page(refusal.errors(error, "")), error.status
    found = recovery_row.find_by_ticket(request.form.get("ticket", ""))
    if found is None:
        return _page({"ticket": _("There is no recovery with this ticket. Compare it with your note")}), 400
    visit = recovery_visit.begin(browser.device_id(request), recovery_id=str(found.id))
    return redirect(recovery.url("/recovery/state", visit), 303)


def _page(errors: dict[str, str]) -> str:
    return render_template(
        "recovery_resume.html", rp=None, back_url="/recovery", action=HERE, errors=errors, values={}
    )
