"""Guardians of adults: an official compares the decision of a court or committee with what the guardian wrote.

The ward is looked up as at any window; who approves proofs also says yes or no here, with a reason, on record.
"""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import rate_limit, signed_in
from idp.accounts import account as accounts
from idp.accounts.account import CITIZEN, Account
from idp.console import assisting, entrance
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.mandates import guardianship, mandate
from idp.mandates.decision import PROPOSED
from idp.mandates.mandate import Mandate
from idp.mandates.rules import WARD_GUARDIAN
from idp.operators import appointing, record
from idp.operators.rights import Act

blueprint = Blueprint("console_guardians", __name__)
blueprint.before_request(entrance.require)

HERE = "/console/guardians"
LOOK_UPS, HOUR = 60, 3600


@blueprint.get(HERE)
def guardians() -> str:
    """Show the form."""
    entrance.check(Act.DECIDE_CASE)
    return _page(None, [], {})


@blueprint.post(HERE)
def find() -> str | tuple[str, int]:
    """Show who asked to act for that adult."""
    official = entrance.check(Act.DECIDE_CASE)
    rate_limit.check(f"guardian-look-ups:{official.account.id}", LOOK_UPS, HOUR)
    ward = _ward()
    with entrance.on_record():
        record.viewed("guardians", account_id=ward.id if ward else None, found=ward is not None)
    if ward is None:
        return _page(None, [], {"ward": _("There is no citizen with this user name or phone number")}), 404
    return _page(ward, _open(ward), {})


@blueprint.post(f"{HERE}/<mandate_id>")
def decide(mandate_id: str) -> BaseResponse | tuple[str, int]:
    """Say yes or no; nobody decides about themselves."""
    official = entrance.check(Act.DECIDE_CASE)
    found = mandate.find_text(mandate_id)
    if found is None or found.role != WARD_GUARDIAN:
        raise NotFound("not_found", detail=mandate_id[:40])
    ward = accounts.get(found.principal_id)
    yes = request.form.get("decision") == "confirm"
    try:
        reason = _reason()
        _check_not_own(found, official.post.person_id)
        with entrance.on_record():
            if yes:
                guardianship.confirm_for_ward(found, official.account.id)
            else:
                guardianship.refuse_for_ward(found, official.account.id)
            act = "guardian_confirmed" if yes else "guardian_refused"
            record.decided(act, account_id=ward.id, reason=reason, mandate_id=mandate_id)
    except (InvalidInput, Conflict, Forbidden) as error:
        db.session.rollback()
        return _page(ward, _open(ward), assisting.errors(error)), error.status
    except NotFound:
        db.session.rollback()
        return signed_in.go(HERE, _("This was decided already"))
    return signed_in.go(HERE, _("The guardian is confirmed") if yes else _("The guardian is refused"))


def _reason() -> str:
    try:
        return appointing.one_line(request.form.get("reason", ""), appointing.LONGEST_REASON, "reason")
    except InvalidInput as error:
        raise InvalidInput("reason_short", "Say in a few words what you saw", field="reason") from error


def _check_not_own(found: Mandate, person_id: object) -> None:
    if person_id in {found.principal_id, found.holder_id}:
        raise Forbidden("own_case", "Nobody decides about themselves")


def _ward() -> Account | None:
    found = accounts.find_by_identifier(request.form.get("ward", "")[:200])
    return found if found is not None and found.kind == CITIZEN else None


def _open(ward: Account) -> list[Mandate]:
    rows = mandate.of_principal(ward.id)
    return [one for one in rows if one.role == WARD_GUARDIAN and one.status == PROPOSED]


def _page(ward: Account | None, rows: list[Mandate], errors: dict[str, str]) -> str:
    asked: list[dict[str, Any]] = [
        {
            "id": str(one.id),
            "holder": accounts.name_of(accounts.get(one.holder_id)),
            "number": one.evidence_number,
            "until": one.expires_at,
            "action": f"{HERE}/{one.id}",
        }
        for one in rows
    ]
    return entrance.page(
        "console/guardians.html",
        action=HERE,
        ward=accounts.name_of(ward) if ward is not None else None,
        asked=asked,
        errors=errors,
        values={"ward": request.form.get("ward", "")[:200]},
    )
