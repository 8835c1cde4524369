"""My enterprises: those I run, and how I add mine: by its code and name, when the register names me its representative.

A claim whose register is away waits, is tried again, and is gone on with here, also days later.
"""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany
from idp.mandates import mandate
from idp.mandates.managing import MANAGERS
from idp.pages import enterprise, mandating, refusal
from idp.proofing import case_row, enterprise_claim
from idp.proofing.enterprise_claim import Claim

blueprint = Blueprint("enterprises", __name__)
blueprint.before_request(signed_in.require)

CLAIM = f"{mandating.ENTERPRISES}/claim"


@blueprint.get(mandating.ENTERPRISES)
def enterprises() -> str:
    """Show them."""
    return _page()


@blueprint.get(CLAIM)
def form() -> str:
    """Show the form."""
    return _form({}, {})


@blueprint.post(CLAIM)
def claim() -> BaseResponse | tuple[str, int]:
    """Ask the registers, and show what came of it."""
    me = mandating.citizen()
    try:
        made = enterprise_claim.submit(me, request.form.to_dict(), address=request.remote_addr or "")
    except (InvalidInput, TooMany, Conflict, Forbidden) as error:
        db.session.rollback()
        if isinstance(error, Forbidden) and not error.message:
            raise
        typed = {name: request.form.get(name, "")[:200] for name in ("enterprise_name", "uscc")}
        return _form(refusal.errors(error), typed), error.status
    return _went(made)


@blueprint.post(f"{CLAIM}/<case_id>")
def go_on(case_id: str) -> BaseResponse:
    """Go on with a claim that waited."""
    me = mandating.citizen()
    own = [one for one in enterprise_claim.find_own(me) if str(one.case.id) == case_id]
    if not own:
        raise NotFound("not_found", detail=case_id[:40])
    try:
        return _went(enterprise_claim.resume(own[0].case, address=request.remote_addr or ""))
    except (Conflict, TooMany, InvalidInput) as error:
        db.session.rollback()
        return signed_in.go(mandating.ENTERPRISES, refusal.text(error))


def _went(made: Claim) -> BaseResponse:
    if made.mandate is not None:
        return signed_in.go(
            f"{mandating.ENTERPRISES}/{made.enterprise.id}", _("The enterprise is yours to act for now")
        )
    return signed_in.go(mandating.ENTERPRISES, _("We noted it. See below how far it is"))


def _form(errors: dict[str, str], values: dict[str, str]) -> str:
    return signed_in.page(
        "account/enterprise_claim.html",
        action=CLAIM,
        own_name=accounts.name_of(mandating.citizen()),
        back_url=mandating.ENTERPRISES,
        errors=errors,
        values=values,
    )


def _page() -> str:
    me = mandating.citizen()
    held = [one for one, _above in mandate.held_by(me.id) if one.role in MANAGERS]
    run = {one.principal_id: one for one in held}
    claims = [one for one in enterprise_claim.find_own(me) if one.enterprise.id not in run]
    return signed_in.page(
        "account/enterprises.html",
        enterprises=[
            enterprise.shown(accounts.get(account_id)) | {"role": one.role} for account_id, one in run.items()
        ],
        claims=[_shown(one) for one in claims],
        claim_url=CLAIM,
        back_url=mandating.MANDATES,
    )


def _shown(one: Claim) -> dict[str, Any]:
    return {
        "name": _name(one.enterprise),
        "state": one.case.state,
        "reason": one.case.reasons[0] if one.case.reasons else None,
        "created_at": one.case.created_at,
        # Approved and not run: the last step is still to be taken, or another representative came since.
        "action": f"{CLAIM}/{one.case.id}"
        if one.case.is_open or one.case.state == case_row.APPROVED
        else None,
    }


def _name(account: Account) -> str:
    return accounts.name_of(account) or _("closed account")
