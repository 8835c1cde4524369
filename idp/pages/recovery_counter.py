"""Recover an account that was verified in person: choose a counter, get a case number and the ticket.

Two officials decide the case (`idp.proofing.case`); the waiting begins when they have approved it.
"""

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts.account import Account
from idp.authenticators import recovery as recoveries
from idp.authenticators import recovery_proof, recovery_visit
from idp.authenticators.recovery_visit import Visit
from idp.db import commit, db
from idp.divisions import tree
from idp.divisions.tree import Division
from idp.errors import Conflict, Expired, Forbidden, IdpError, InvalidInput, TooMany
from idp.pages import recovery, refusal
from idp.pages import recovery_proof as proof_page
from idp.proofing import attempt
from idp.proofing import case as cases
from idp.proofing.case_row import ProofingCase

blueprint = Blueprint("recovery_counter", __name__)

HERE = "/recovery/counter"
NARROWEST = frozenset({"county", "township", "village"})


@blueprint.get(HERE)
def recovery_counter() -> str:
    """Show the divisions below the chosen one, down to one that has a counter."""
    visit, _account = _open()
    return _page(visit, tree.find(request.args.get("division", "")[:20]), {})


@blueprint.post(HERE)
def begin() -> BaseResponse | str | tuple[str, int]:
    """Open case and recovery, and show ticket and case number, once."""
    visit, account = _open()
    place = tree.find(request.form.get("division", "")[:20])
    try:
        chosen = _check(account, place)
        case = _submit(account, chosen)
        begun = recoveries.begin(
            account,
            proofs=list(visit.proofs),
            level=recovery_proof.level_of(account),
            lost=request.form.get("lost") == "1",
            case_id=case.id,
        )
    except Forbidden as error:
        db.session.rollback()
        return proof_page.refused(error), error.status
    except (InvalidInput, Conflict, TooMany) as error:
        db.session.rollback()
        return _page(visit, place, _told(error)), error.status
    commit()
    visit = visit.changed(recovery_id=str(begun.recovery.id))
    recovery_visit.save(visit)
    return render_template(
        "recovery_ticket.html",
        rp=None,
        back_url=None,
        ticket=begun.ticket,
        ready_at=None,
        expires_at=begun.recovery.expires_at,
        case_number=case.printed_number,
        place=tree.full_name(chosen.code),
        continue_url=recovery.url("/recovery/state", visit),
        errors={},
    )


def _check(account: Account, place: Division | None) -> Division:
    recoveries.check_allowed(account)
    if place is None:
        raise InvalidInput("division_unknown", "Choose the place where you will go", field="division")
    if recoveries.find_open(account.id) or cases.find_open(account.id, recovery_proof.COUNTER):
        raise Conflict("recovery_open", "A recovery of this account is under way already")
    return place


def _submit(account: Account, place: Division) -> ProofingCase:
    case = cases.begin(account, recovery_proof.COUNTER)
    commit()
    try:
        # Name and number are the account's own: what the officials compare the card with.
        attempt.submit(case, {"division": place.code}, address=request.remote_addr or "")
    except IdpError:
        db.session.rollback()
        cases.cancel(case)
        commit()
        raise
    return case


def _open() -> tuple[Visit, Account]:
    """Return the visit and its account where a counter is a way; Expired for any other."""
    visit = recovery_visit.get(request.args.get("visit", ""), browser.device_id(request))
    account = recovery_proof.find_account(visit)
    ways = recovery_proof.missing(visit, account)
    if account is None or not any(recovery_proof.COUNTER in way for way in ways) or visit.recovery_id:
        raise Expired("journey_expired")
    return visit, account


def _told(error: IdpError) -> dict[str, str]:
    return refusal.errors(error, "") if isinstance(error, TooMany) else {"": _(str(error.message))}


def _page(visit: Visit, chosen: Division | None, errors: dict[str, str]) -> str:
    here = recovery.url(HERE, visit)
    below = (
        ()
        if chosen is not None and chosen.level in NARROWEST
        else tree.children(chosen.code if chosen else "")
    )
    return render_template(
        "recovery_counter.html",
        rp=None,
        back_url=recovery.url("/recovery/proof", visit),
        action=here,
        chosen=tree.full_name(chosen.code) if chosen else None,
        division=chosen.code if chosen else None,
        places=[(one.name, f"{here}&division={one.code}") for one in below],
        errors=errors,
        values={},
    )
