"""Recover an account, step 4: say what was lost, let the waiting begin, and get the ticket that leads back."""

from flask import Blueprint, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts.account import Account
from idp.authenticators import enrolled, recovery_proof, recovery_visit
from idp.authenticators import recovery as recoveries
from idp.authenticators.recovery_visit import Visit
from idp.db import commit, db
from idp.errors import Conflict, Expired, Forbidden
from idp.pages import recovery
from idp.pages import recovery_proof as proof_page

blueprint = Blueprint("recovery_start", __name__)

HERE = "/recovery/start"
# What a new password replaces or leaves as it is anyway.
KEPT = frozenset({"pwd", "sms", "user", "pin"})


@blueprint.get(HERE)
def recovery_start() -> BaseResponse | str:
    """Show what will happen."""
    visit, account = _proven()
    if visit.recovery is not None:
        return redirect(recovery.url("/recovery/state", visit), 303)
    return _page(visit, account, {})


@blueprint.post(HERE)
def start() -> BaseResponse | str | tuple[str, int]:
    """Begin, tell every channel, and show the ticket, once."""
    visit, account = _proven()
    if visit.recovery is not None:
        return redirect(recovery.url("/recovery/state", visit), 303)
    try:
        begun = recoveries.begin(
            account,
            proofs=list(visit.proofs),
            level=recovery_proof.wanted_level(visit, account),
            lost=request.form.get("lost") == "1",
            new_phone=None if visit.own_number else visit.phone,
        )
    except Conflict as error:
        db.session.rollback()
        text = _("%(what)s. Go on with its ticket, or stop it with the address in the message we sent")
        return _page(visit, account, {"": text % {"what": _(str(error.message))}}), error.status
    except Forbidden as error:
        return proof_page.refused(error), error.status
    commit()
    visit = visit.changed(recovery_id=str(begun.recovery.id))
    recovery_visit.save(visit)
    return render_template(
        "recovery_ticket.html",
        rp=None,
        back_url=None,
        ticket=begun.ticket,
        ready_at=begun.recovery.ready_at,
        expires_at=begun.recovery.expires_at,
        continue_url=recovery.url("/recovery/state", visit),
        errors={},
    )


def _proven() -> tuple[Visit, Account]:
    """Return the visit that has proven all, and its account; Expired for any other."""
    visit = recovery_visit.get(request.args.get("visit", ""), browser.device_id(request))
    account = recovery_proof.find_account(visit)
    if account is None or not recovery_proof.is_proven(visit, account):
        raise Expired("journey_expired")
    return visit, account


def _page(visit: Visit, account: Account, errors: dict[str, str]) -> str:
    level = recovery_proof.wanted_level(visit, account)
    return render_template(
        "recovery_start.html",
        rp=None,
        back_url=None,
        action=recovery.url(HERE, visit),
        has_others=bool(enrolled.of(account.id) - KEPT),
        hours=recoveries.waiting(level, lost=False).total_seconds() // 3600,
        hours_lost=recoveries.waiting(level, lost=True).total_seconds() // 3600,
        errors=errors,
        values={},
    )
