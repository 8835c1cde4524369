"""Recover an account: how it stands, for who began it or came back with the ticket."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock
from idp.accounts import account as accounts
from idp.authenticators import recovery as recoveries
from idp.authenticators import recovery_proof, recovery_row, recovery_visit
from idp.authenticators.recovery_row import Recovery
from idp.authenticators.recovery_visit import Visit
from idp.db import commit
from idp.errors import Expired
from idp.pages import recovery

blueprint = Blueprint("recovery_state", __name__)


@blueprint.get("/recovery/state")
def recovery_state() -> BaseResponse | str:
    """Say how long it waits still, or go on to the new password."""
    visit, found = begun()
    account = accounts.get(found.account_id)
    recoveries.settle(found, recovery_proof.level_of(account))
    commit()
    now = clock.now()
    if found.is_ready(now):
        return redirect(recovery.url("/recovery/password", visit), 303)
    return render_template(
        "recovery_state.html",
        rp=None,
        back_url=None,
        state=found.stands(now),
        ready_at=found.ready_at,
        expires_at=found.expires_at,
        again_url=recovery.url("/recovery/state", visit),
    )


def begun() -> tuple[Visit, Recovery]:
    """Return this browser's visit and the recovery it is about; Expired without one."""
    visit = recovery_visit.get(request.args.get("visit", ""), browser.device_id(request))
    found = recovery_row.find(visit.recovery) if visit.recovery else None
    if found is None:
        raise Expired("journey_expired")
    return visit, found
