"""Answer for somebody: the voucher types the number of the case they were given, sees whose it is, says yes or no."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, NotFound, TooMany
from idp.pages import proving, refusal
from idp.proofing import case_row, vouching
from idp.proofing.case_row import ProofingCase

blueprint = Blueprint("proofing_vouching", __name__)
blueprint.before_request(signed_in.require)

PATH = f"{proving.OVERVIEW}/vouching"


@blueprint.get(PATH)
def proofing_vouching() -> str:
    """Show the form for the number."""
    return _page(None, {}, "")


@blueprint.post(PATH)
def answer() -> BaseResponse | str | tuple[str, int]:
    """Find the case; with a decision, write it."""
    voucher, number = proving.account(), request.form.get("number", "")
    try:
        case = vouching.get(number, voucher)
        decision = request.form.get("decision", "")
        if decision not in {"yes", "no"}:
            return _page(case, {}, number)
        vouching.answer(case, voucher, approve=decision == "yes")
        commit()
    except (NotFound, Forbidden, Conflict, TooMany) as error:
        db.session.rollback()
        db.session.refresh(voucher)
        status = 400 if isinstance(error, NotFound) else error.status
        return _page(None, refusal.errors(error, "number"), number), status
    said = _("You answered for this person") if decision == "yes" else _("You said that you do not know them")
    return signed_in.go(proving.OVERVIEW, said)


def _page(case: ProofingCase | None, errors: dict[str, str], typed: str) -> str:
    person = proving.account()
    asked = None
    if case is not None:
        account = accounts.get(case.account_id)
        asked = {"name": case_row.given(case).get("name") or accounts.name_of(account), "at": case.created_at}
    return signed_in.page(
        "account/proofing_vouching.html",
        may_vouch=vouching.may_vouch(person),
        asked=asked,
        number=typed[:40],
        action=PATH,
        back_url=proving.OVERVIEW,
        errors=errors,
        values={"number": typed[:40]},
    )
