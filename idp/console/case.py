"""One proofing case: a clerk compares the original document, an approver decides; at an agency point one clerk does.

No number is shown in full: the clerk types it from the document that lies before them, and it must be the one that
the person wrote. That the page was opened, and what was decided and why, goes on record.
"""

import hmac
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import rate_limit, signed_in
from idp.accounts import account as accounts
from idp.console import cases as queue
from idp.console import entrance, wording
from idp.console.entrance import Official
from idp.console.officials import official_name
from idp.db import db
from idp.divisions import tree
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound, TooMany
from idp.identifiers import typed
from idp.operators import appointing, record
from idp.operators.rights import Act
from idp.proofing import case as cases
from idp.proofing import case_row, evidence
from idp.proofing.case_row import ProofingCase

blueprint = Blueprint("console_case", __name__)
blueprint.before_request(entrance.require)

ACTS = ("examine", "approve", "refuse")
CHECKS = ("present", "genuine")
# A clerk with the document reads its number right within so many tries.
TRIES, WINDOW = 10, 3600


@blueprint.get("/console/cases/<uuid:case_id>")
def case(case_id: UUID) -> str:
    """Show it, on record."""
    found = _get(case_id)
    with entrance.on_record(found.division_code):
        record.viewed(
            "case", account_id=found.account_id, case_id=str(found.id), division=found.division_code
        )
    return _page(found, {})


@blueprint.post("/console/cases/<uuid:case_id>")
def act_on(case_id: UUID) -> BaseResponse | tuple[str, int]:
    """Examine, approve or refuse it."""
    found = _get(case_id)
    act = request.form.get("act", "")
    mistakes = _mistakes(found, act)
    if mistakes:
        return _page(found, mistakes), 400
    try:
        done = _decide(found, act)
    except InvalidInput as error:
        db.session.rollback()
        return _page(_get(case_id), {error.field: _(str(error.message))}), 400
    except (Conflict, Forbidden, TooMany) as error:
        db.session.rollback()
        message = error.message or _("Too many tries. Wait an hour, and look at the document again")
        return _page(_get(case_id), {"": _(str(message))}), error.status
    return signed_in.go(f"/console/cases/{case_id}", done)


def _decide(found: ProofingCase, act: str) -> str:
    official = entrance.current_official()
    task = queue.task(official, found)
    if act not in ACTS:
        raise InvalidInput("act_unknown", "Press one of the buttons on this page")
    if task is None:
        # Not theirs, or not now: which one, the page says; that it was tried goes on record.
        entrance.check(_needed(found), found.division_code)
        raise Conflict("case_decided", "This case waits for nobody, or for somebody else")
    if (act == "examine") is not (task is Act.EXAMINE_CASE) and act != "refuse":
        raise Conflict("case_decided", "This case waits for nobody, or for somebody else")
    by = official.post
    reason = appointing.one_line(request.form.get("reason", ""), appointing.LONGEST_REASON, "reason")
    if act != "refuse" and task is not Act.DECIDE_CASE:
        _check_document(found, official)
    with entrance.on_record(found.division_code):
        if act == "examine":
            cases.examine(found, official.account.id, person_id=by.person_id, note=reason)
        else:
            cases.decide(
                found, official.account.id, approve=act == "approve", reason=reason, person_id=by.person_id
            )
        record.decided(act, account_id=found.account_id, case_id=str(found.id), reason=reason)
    return _done(act, found)


def _done(act: str, found: ProofingCase) -> str:
    done: str
    if act == "examine":
        done = _("Examined. Now somebody else decides")
    elif found.state == case_row.APPROVED:
        done = _("Approved. The person's account has its new level")
    elif found.state == case_row.REFUSED:
        done = _("Refused. The person is told in their account")
    else:
        done = _("It could not be finished: the identity contradicts what is on file")
    return done


def _needed(found: ProofingCase) -> Act:
    if not cases.needs_two(found):
        return Act.VOUCH_AT_POINT
    return Act.EXAMINE_CASE if cases.examiner(found) is None else Act.DECIDE_CASE


def _mistakes(found: ProofingCase, act: str) -> dict[str, str]:
    """Return what is missing in the form, all at once; nothing for an act that is not this official's anyway."""
    task = queue.task(entrance.current_official(), found)
    form = request.form
    errors: dict[str, str] = {}
    if task is None or act not in ACTS:
        return errors
    if act != "refuse" and task is not Act.DECIDE_CASE:
        if any(form.get(check) != "1" for check in CHECKS):
            errors["present"] = _("Confirm both points, or refuse the case")
        if not form.get("document_number", "").strip():
            errors["document_number"] = _("Type the number from the document")
    if not form.get("reason", "").strip():
        errors["reason"] = _("Write down what you base this on")
    return errors


def _check_document(found: ProofingCase, official: Official) -> None:
    rate_limit.check(f"console-document:{official.account.id}:{found.id}", TRIES, WINDOW)
    given = case_row.given(found)
    expected = given.get("number") or given.get("uscc") or ""
    read = typed.normalized(request.form.get("document_number", "")[:100])
    if not hmac.compare_digest(read.encode(), typed.normalized(expected).encode()):
        raise InvalidInput(
            "document_differs",
            "This is not the number the person wrote. Read it from the document again, or refuse the case",
            field="document_number",
        )


def _get(case_id: UUID) -> ProofingCase:
    official = entrance.check(Act.SEE_CASES)
    found = case_row.find(case_id)
    # What lies elsewhere does not exist for this official.
    if found is None or not queue.is_visible(official, found):
        raise NotFound("case_unknown", detail=str(case_id))
    return found


def _page(found: ProofingCase, errors: dict[str, str]) -> str:
    official = entrance.current_official()
    task = queue.task(official, found)
    account = accounts.get(found.account_id)
    given = case_row.given(found)
    number = given.get("number") or given.get("uscc")
    form = request.form
    return entrance.page(
        "console/case.html",
        case=queue.shown(official, found)
        | {
            "document": wording.document(given["type"]) if "type" in given else None,
            "number_masked": typed.masked(number) if number else None,
            "expires_at": found.expires_at,
            "decided_by": [_decision(one) for one in found.decided_by],
            "proven": [
                wording.verifier(code) for code in sorted(evidence.valid_codes(account, found.updated_at))
            ],
            "place": tree.full_name(found.division_code or ""),
        },
        task=task.value if task else None,
        is_mine_already=cases.examiner(found) == official.account.id and found.is_open,
        action=f"/console/cases/{found.id}",
        errors=errors,
        values={name: form.get(name, "")[:200] for name in ("document_number", "reason", *CHECKS)},
        back_url="/console/cases",
    )


def _decision(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "act": wording.decision(one["act"]),
        "name": official_name(UUID(one["account"])) or one["account"],
        "note": one["note"],
    }
