"""Prove that the phone of an operator's or a bank's question is at hand: a code by message, then the question."""

from uuid import UUID

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import phone_number
from idp.authenticators import sms
from idp.authenticators.sms import Challenge, Purpose
from idp.db import db
from idp.errors import Conflict, Expired, Forbidden, InvalidInput, TooMany, Unavailable, Upstream
from idp.pages import proving, refusal
from idp.proofing import attempt, case_row
from idp.proofing import case as cases
from idp.proofing.case_row import ProofingCase
from idp.settings import SETTINGS

blueprint = Blueprint("proofing_code", __name__)
blueprint.before_request(signed_in.require)

PATH = f"{proving.OVERVIEW}/<any(operator3, bank4):way>/code"


@blueprint.get(PATH)
def proofing_code(way: str) -> BaseResponse | str:
    """Show the form; without a message that can still be answered, the form before it."""
    case, challenge = _asked(way)
    if case is None or challenge is None:
        return redirect(proving.way_url(way), 303)
    return _page(way, challenge, {})


@blueprint.post(PATH)
def check(way: str) -> BaseResponse | tuple[str, int]:
    """Check the code, ask, and show what came of it."""
    case, challenge = _asked(way)
    if case is None or challenge is None:
        return redirect(proving.way_url(way), 303)
    code = request.form.get("code", "").strip()
    if not code:
        return _page(way, challenge, {"code": _("Enter the code")}), 400
    try:
        if not challenge.proven:
            sms.check(challenge, code)
        given = case_row.given(case)
        if given.get("phone") != challenge.phone:
            # The case went on with another number in another window.
            return redirect(proving.way_url(way), 303)
        attempt.submit(case, given, address=request.remote_addr or "")
    except (InvalidInput, TooMany) as error:
        db.session.rollback()
        return _page(way, challenge, refusal.errors(error, "code")), error.status
    except (Conflict, Forbidden):
        db.session.rollback()
    sms.close(challenge)
    return redirect(proving.case_url(case), 303)


@blueprint.post(f"{PATH}/resend")
def resend(way: str) -> BaseResponse | tuple[str, int]:
    """Send another message."""
    case, challenge = _asked(way)
    if case is None or challenge is None:
        return redirect(proving.way_url(way), 303)
    try:
        sms.resend(challenge, address=request.remote_addr or "", locale=str(get_locale()), known=True)
    except (TooMany, Unavailable, Upstream) as error:
        return _page(way, challenge, refusal.errors(error, "")), refusal.status(error)
    return redirect(proving.way_url(way, "/code", ticket=challenge.ticket), 303)


@blueprint.get(f"{PATH}/resend")
def back(way: str) -> BaseResponse:
    """Lead back who comes here by a link to the form."""
    return redirect(proving.way_url(way, "/code", ticket=request.args.get("ticket", "")), 303)


def _asked(way: str) -> tuple[ProofingCase | None, Challenge | None]:
    """Return the person's open case and this browser's challenge, None where it ended."""
    account_id: UUID = proving.account().id
    case = cases.find_open(account_id, way)
    db.session.commit()
    try:
        challenge = sms.get(request.args.get("ticket", ""), browser.device_id(request), Purpose.PROOFING)
    except Expired:
        return case, None
    return case, challenge


def _page(way: str, challenge: Challenge, errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/proofing_code.html",
        action=proving.way_url(way, "/code", ticket=challenge.ticket),
        name=proving.name_of(way),
        phone_masked=phone_number.masked(challenge.phone),
        valid_minutes=max(1, SETTINGS.get().lifetimes.phone_code // 60),
        resend_action=proving.way_url(way, "/code/resend", ticket=challenge.ticket),
        resend_after_seconds=challenge.pause_left,
        back_url=proving.way_url(way),
        errors=errors,
        values={},
    )
