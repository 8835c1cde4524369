"""The level policy: the version in force, those to come, proposed and past ones."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask_babel import gettext as _

from idp import clock
from idp.console import entrance, wording
from idp.console.officials import official_name
from idp.level_policy import current
from idp.level_policy import version as versions
from idp.level_policy.version import LevelPolicyVersion
from idp.operators.rights import Act

blueprint = Blueprint("console_levels", __name__)
blueprint.before_request(entrance.require)

PAGE = 20
ACTOR = "official:"


@blueprint.get("/console/levels")
def levels() -> str:
    """Show what holds, and the versions, newest first."""
    by = entrance.check(Act.SEE_LEVELS)
    held = current.in_force()
    found = versions.history(before=_before(), limit=PAGE + 1)
    now = clock.now()
    return entrance.page(
        "console/levels.html",
        policy=held.policy,
        number=held.number,
        versions=[shown(one, held.number, now) for one in found[:PAGE]],
        older=found[PAGE - 1].number if len(found) > PAGE else None,
        may_propose=by.may(Act.PROPOSE_LEVELS),
    )


def shown(version: LevelPolicyVersion, in_force: int, now: datetime) -> dict[str, Any]:
    """Return a version as pages show it."""
    state = versions.state_of(version, in_force, now)
    return {
        "number": version.number,
        "state": state.value,
        "state_text": wording.version_state(state),
        "effective_from": version.effective_from,
        "digest": version.digest,
        "proposed_by": _who(version.proposed_by),
        "proposed_at": version.proposed_at,
        "approved_by": _who(version.approved_by),
        "approved_at": version.approved_at,
        "rejected_by": _who(version.rejected_by),
        "rejected_at": version.rejected_at,
        "rejected_reason": version.rejected_reason,
    }


def _who(actor: str | None) -> str | None:
    """Return the official's name; for commands, who gave them."""
    if actor == versions.INIT:
        return str(_("when this system was set up"))
    if actor is None or not actor.startswith(ACTOR):
        return actor
    return official_name(UUID(actor.removeprefix(ACTOR))) or actor


def _before() -> int | None:
    wanted = request.args.get("from", "")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 10 else None  # noqa: PLR2004 - fits the column
