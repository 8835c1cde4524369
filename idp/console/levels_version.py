"""One version of the level policy: what it changes, whom it would move, and the decision of a second person."""

from flask import Blueprint, Response, make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, level_simulation_run, signed_in
from idp.assurance import difference
from idp.assurance.difference import Change
from idp.assurance.policy_file import PolicyError
from idp.console import entrance
from idp.console.levels import shown
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput
from idp.level_policy import current
from idp.level_policy import version as versions
from idp.level_policy.version import LevelPolicyVersion, State
from idp.operators import appointing
from idp.operators.rights import Act

blueprint = Blueprint("console_levels_version", __name__)
blueprint.before_request(entrance.require)

REFRESH_SECONDS = 2


@blueprint.get("/console/levels/<int(max=999999999):number>")
def version(number: int) -> Response:
    """Show it; while a simulation runs the page comes again by itself."""
    entrance.check(Act.SEE_LEVELS)
    return _page(versions.get(number), {})


@blueprint.post("/console/levels/<int(max=999999999):number>")
def decide(number: int) -> BaseResponse | tuple[Response, int]:
    """Have it simulated, approve it or reject it."""
    entrance.check(Act.SEE_LEVELS)
    found = versions.get(number)
    act = request.form.get("act", "")
    try:
        done = _decide(found, act)
    except (Conflict, Forbidden, InvalidInput) as error:
        db.session.rollback()
        return _page(versions.get(number), {error.field: _(str(error.message))}), error.status
    return signed_in.go(f"/console/levels/{number}", done)


def _decide(found: LevelPolicyVersion, act: str) -> str:
    done: str
    if act == "simulate":
        entrance.check(Act.PROPOSE_LEVELS)
        with entrance.on_record() as by:
            level_simulation_run.ask(found, appointing.actor(by))
        done = _("The effect is being simulated")
    elif act == "approve":
        entrance.check(Act.APPROVE_LEVELS)
        with entrance.on_record() as by:
            if appointing.is_same_person(by, found.proposed_by):
                raise Forbidden("second_person_needed", "Somebody else must approve what you proposed")
            level_simulation_run.check_done(found)
            versions.approve(found.number, appointing.actor(by))
        current.announce()
        done = _("Approved. It holds from its date")
    elif act == "reject":
        entrance.check(Act.APPROVE_LEVELS)
        reason = appointing.one_line(request.form.get("reason", ""), appointing.LONGEST_REASON, "reason")
        with entrance.on_record() as by:
            versions.reject(found.number, appointing.actor(by), reason)
        done = _("Rejected")
    else:
        raise InvalidInput("act_unknown", "Press one of the buttons on this page")
    return done


def _page(found: LevelPolicyVersion, errors: dict[str, str]) -> Response:
    by = entrance.current_official()
    held = current.in_force()
    now = clock.now()
    state = versions.state_of(found, held.number, now)
    proposed = state is State.PROPOSED
    run = level_simulation_run.find(found.number)
    busy = run is not None and run.is_under_way(now)
    mine = appointing.is_same_person(by.post, found.proposed_by)
    page = make_response(
        entrance.page(
            "console/levels_version.html",
            version=shown(found, held.number, now),
            action=f"/console/levels/{found.number}",
            changes=_changes(found) if proposed or state is State.APPROVED else None,
            run=run,
            busy=busy,
            is_own_proposal=proposed and mine,
            may_simulate=proposed and not busy and by.may(Act.PROPOSE_LEVELS),
            may_approve=proposed
            and not mine
            and run is not None
            and run.state == level_simulation_run.DONE
            and by.may(Act.APPROVE_LEVELS),
            may_reject=proposed and by.may(Act.APPROVE_LEVELS),
            errors=errors,
            values={"reason": request.form.get("reason", "")[:200]},
            back_url="/console/levels",
        )
    )
    if busy:
        page.headers["Refresh"] = str(REFRESH_SECONDS)
    return page


def _changes(found: LevelPolicyVersion) -> list[Change]:
    try:
        return difference.difference(current.get(), found.policy)
    except PolicyError:
        return []
