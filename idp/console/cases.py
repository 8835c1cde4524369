"""The queue of people who prove who they are in person: cases of the official's division and those below it."""

from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import rate_limit
from idp.accounts import account as accounts
from idp.console import entrance, wording
from idp.console.entrance import Official
from idp.divisions import tree
from idp.operators.rights import Act
from idp.proofing import case as cases
from idp.proofing import case_row
from idp.proofing.case_row import ProofingCase

blueprint = Blueprint("console_cases", __name__)
blueprint.before_request(entrance.require)

PAGE = 30
# Numbers are said aloud by people who stand there; whoever tries more than that is guessing.
NUMBERS, WINDOW = 120, 3600


@blueprint.get("/console/cases")
def queue() -> str:
    """Show the queue, the oldest first."""
    entrance.check(Act.SEE_CASES)
    return _page({})


@blueprint.post("/console/cases")
def find() -> BaseResponse | tuple[str, int]:
    """Open the case whose number the person says."""
    official = entrance.check(Act.SEE_CASES)
    rate_limit.check(f"console-case:{official.account.id}", NUMBERS, WINDOW)
    case = cases.find_by_number(request.form.get("number", ""))
    if case is None or not is_visible(official, case):
        return _page({"number": _("There is no such case in your division")}), 404
    return redirect(f"/console/cases/{case.id}", 303)


def is_visible(official: Official, case: ProofingCase) -> bool:
    """Whether the case lies in the official's division or below, and is decided by officials at all."""
    return case.division_code is not None and official.may(Act.SEE_CASES, case.division_code)


def task(official: Official, case: ProofingCase) -> Act | None:
    """Return what this official can do with the case now; None when it waits for somebody else, or for nobody."""
    if case.state != case_row.WAITING or case.division_code is None:
        return None
    if not cases.needs_two(case):
        act = Act.VOUCH_AT_POINT
    else:
        act = Act.EXAMINE_CASE if cases.examiner(case) is None else Act.DECIDE_CASE
    return act if official.may(act, case.division_code) else None


def shown(official: Official, case: ProofingCase) -> dict[str, Any]:
    """Return a case as the queue shows it."""
    examined = cases.examiner(case) is not None
    mine = task(official, case)
    return {
        "id": str(case.id),
        "number": case.printed_number,
        "name": case_row.given(case).get("name") or accounts.name_of(accounts.get(case.account_id)),
        "way": wording.verifier(case.verifier),
        "division": tree.full_name(case.division_code or "") or case.division_code,
        "created_at": case.created_at,
        "state": case.state,
        "state_text": wording.case_state(case.state, examined=examined),
        "mine": mine is not None,
    }


def _page(errors: dict[str, str]) -> str:
    official = entrance.current_official()
    after = entrance.position()
    found = cases.queue([_prefix(official.post.division_code)], after=after, limit=PAGE + 1)
    visible = [case for case in found[:PAGE] if is_visible(official, case)]
    return entrance.page(
        "console/cases.html",
        cases=[shown(official, case) for case in visible],
        newer=str(found[PAGE - 1].id) if len(found) > PAGE else None,
        errors=errors,
        values={"number": request.form.get("number", "")[:30]},
    )


def _prefix(code: str) -> str:
    # GB/T 2260: pairs of zeros at the end stand for "all of it". What this lets in too much, `is_visible` keeps out.
    county = code[:6]
    return code if len(code) > len(county) else county.removesuffix("00").removesuffix("00")
