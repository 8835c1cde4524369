"""One assisted session: the person shows that they are there, the service is opened, a receipt ends it."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import phone_number
from idp.accounts.account import Account
from idp.console import assisting, entrance
from idp.db import commit, db
from idp.errors import Conflict, Expired, Forbidden, InvalidInput, NotFound, TooMany, Unavailable, Upstream
from idp.identifiers import document
from idp.mandates import appointment, assisted, mandate, offering, presence, rules_file
from idp.mandates.assisted_case import RUNNING, AssistedCase
from idp.proofing import registers
from idp.uuid7 import uuid7

blueprint = Blueprint("assist_case", __name__)
blueprint.before_request(assisting.require)

ONE = f"{assisting.ASSISTED}/<case_id>"
LONGEST_READING = 8000


@blueprint.get(ONE)
def assist_case(case_id: str) -> BaseResponse | str:
    """Show it: the code to be said, or the running session."""
    try:
        case = assisting.get_case(case_id)
    except Expired:
        return signed_in.go(assisting.ASSISTED, _("The session is over"))
    if case.status == RUNNING:
        assisted.touch(case)
        commit()
    return _page(case, {})


@blueprint.post(f"{ONE}/code")
def code(case_id: str) -> BaseResponse | tuple[str, int]:
    """Take the code that the person said."""
    case = assisting.get_case(case_id)
    try:
        with entrance.on_record():
            presence.check_code(case, request.form.get("code", ""))
        commit()
    except (InvalidInput, TooMany) as error:
        db.session.rollback()
        return _page(assisting.get_case(case_id), assisting.errors(error)), error.status
    return signed_in.go(f"{assisting.ASSISTED}/{case_id}", _("The session runs"))


@blueprint.post(f"{ONE}/card")
def card(case_id: str) -> BaseResponse | tuple[str, int]:
    """Take the reading of the person's card."""
    case = assisting.get_case(case_id)
    try:
        holder = _holder(request.form.get("reading", "")[:LONGEST_READING].strip())
        with entrance.on_record():
            presence.show_card(case, holder)
        commit()
    except (InvalidInput, Forbidden, Unavailable, Upstream) as error:
        db.session.rollback()
        sentence = {"reading": _("The register does not answer just now. Try again later")}
        errors = sentence if isinstance(error, Unavailable | Upstream) else assisting.errors(error, "reading")
        return _page(assisting.get_case(case_id), errors), error.status
    return signed_in.go(f"{assisting.ASSISTED}/{case_id}", _("The session runs"))


@blueprint.post(f"{ONE}/extend")
def extend(case_id: str) -> BaseResponse:
    """Go on."""
    case = assisting.get_case(case_id)
    with entrance.on_record():
        assisted.extend(case)
    commit()
    return signed_in.go(f"{assisting.ASSISTED}/{case_id}", _("You have more time"))


@blueprint.post(f"{ONE}/end")
def end(case_id: str) -> BaseResponse:
    """End it; the person gets a receipt."""
    try:
        case = assisting.get_case(case_id)
    except Expired:
        return signed_in.go(assisting.ASSISTED, _("The session is over"))
    ran = case.status == RUNNING
    clerk = accounts.name_of(signed_in.current().account)
    with entrance.on_record():
        assisted.end(
            case,
            assisted.DONE if ran else assisted.CANCELLED,
            clerk_name=clerk,
            item_name=assisting.item_name(case),
        )
    commit()
    notice = (
        _("The session is over. The person gets a receipt by message") if ran else _("The session is over")
    )
    return signed_in.go(assisting.ASSISTED, notice)


@blueprint.post(f"{ONE}/mandate")
def confirm_mandate(case_id: str) -> BaseResponse | tuple[str, int]:
    """Note that the person says yes, here and now, to a mandate that somebody asked them for (亲友代办)."""
    case = _running(case_id)
    wanted = request.form.get("mandate", "")
    found = mandate.find_text(wanted)
    if found is None or found.principal_id != case.principal_id:
        raise NotFound("not_found", detail="no mandate of this person")
    try:
        with entrance.on_record():
            appointment.confirm(found, case.principal_id, attended_by=case.clerk_id)
        assisted.touch(case)
        commit()
    except (NotFound, Conflict, Forbidden) as error:
        db.session.rollback()
        if not error.message:
            raise
        return _page(assisting.get_case(case_id), assisting.errors(error, "")), error.status
    return signed_in.go(f"{assisting.ASSISTED}/{case_id}", _("The mandate is confirmed"))


def _running(case_id: str) -> AssistedCase:
    case = assisting.get_case(case_id)
    if case.status != RUNNING:
        raise NotFound("not_found", detail="the person has not shown that they are there")
    return case


def _holder(reading: str) -> Account:
    """Return the account of the card's holder, whom the reader checked."""
    wrong = InvalidInput(
        "reading_wrong", "The reading is not right or too old. Read the card again", field="reading"
    )
    if not reading:
        raise wrong
    # No transaction waits for the register.
    commit()
    answer = registers.ask(registers.CHIP, {"reading": reading}, str(uuid7()))
    number = answer.details.get("number")
    found = document.find(number) if isinstance(number, str) else None
    if answer.result != registers.MATCH or found is None or answer.details.get("holder_checked") is not True:
        raise wrong
    holder = identities.find_account(identities.Identity(found.type, found.number, found.country))
    if holder is None:
        raise Forbidden("card_of_another", "This is somebody else's card")
    return holder


def _page(case: AssistedCase, errors: dict[str, str]) -> str:
    principal = accounts.get(case.principal_id)
    phone = accounts.phone_of(principal)
    runs = case.status == RUNNING
    rule = rules_file.get().assisted
    here = f"{assisting.ASSISTED}/{case.id}"
    left = max(0, int((case.dies_at() - clock.now()).total_seconds()))
    context: dict[str, Any] = {
        "site": assisting.site_name(case),
        "item": assisting.item_name(case),
        "runs": runs,
        "with_card": "card" in request.args or "reading" in errors or phone is None,
        "phone_masked": phone_number.masked(phone) if phone else None,
        # Who it is becomes known to the clerk when the person has shown that they are there.
        "principal": accounts.name_of(principal) if runs else None,
        "dies_at": case.dies_at(),
        "seconds_left": left,
        "warn_seconds": rule.warn_seconds,
        "start_url": assisting.start_url(case) if runs else None,
        "mandates": _waiting(case) if runs else [],
        "here": here,
        "back_url": None if runs else assisting.ASSISTED,
    }
    return entrance.page("console/assist_case.html", errors=errors, values={}, **context)


def _waiting(case: AssistedCase) -> list[dict[str, str]]:
    rows = mandate.of_principal(case.principal_id)
    return [
        {"id": str(one.id), "holder": accounts.name_of(accounts.get(one.holder_id))}
        for one in rows
        if case.principal_id in offering.awaited(one)
    ]
