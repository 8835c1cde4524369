"""Write a new version of the level policy: the file as text, every mistake at once, the difference, then propose it."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.assurance import difference, policy_file
from idp.assurance.policy import Policy
from idp.assurance.policy_file import PolicyError
from idp.console import entrance
from idp.db import db
from idp.errors import InvalidInput
from idp.level_policy import current, packaged
from idp.level_policy import version as versions
from idp.operators import appointing
from idp.operators.rights import Act

blueprint = Blueprint("console_levels_draft", __name__)
blueprint.before_request(entrance.require)

HERE = ZoneInfo("Asia/Shanghai")
SHOWN_PROBLEMS = 50


@blueprint.get("/console/levels/new")
def draft() -> str:
    """Show the file that is in force, to be changed."""
    entrance.check(Act.PROPOSE_LEVELS)
    held = versions.find(current.in_force().number)
    return _page({"document": held.document if held else packaged.text()})


@blueprint.post("/console/levels/new")
def check() -> BaseResponse | tuple[str, int]:
    """Check the text; propose it when that is the button that was pressed."""
    entrance.check(Act.PROPOSE_LEVELS)
    # Forms send CRLF; the digest that two people agree on is of the text as files have it.
    text = request.form.get("document", "").replace("\r\n", "\n")
    values = {"document": text, "effective_from": request.form.get("effective_from", "")[:30]}
    try:
        policy = policy_file.parse(text)
    except PolicyError as error:
        problems = [str(problem) for problem in error.problems]
        return _page(values, problems=problems, errors={"document": _problems(len(problems))}), 400
    try:
        moment = _moment(values["effective_from"])
        if request.form.get("act") != "propose":
            return _page(values, policy=policy), 200
        with entrance.on_record() as by:
            made = versions.propose(text, moment, appointing.actor(by))
    except InvalidInput as error:
        db.session.rollback()
        return _page(values, policy=policy, errors={error.field: _(str(error.message))}), 400
    return signed_in.go(
        f"/console/levels/{made.number}",
        _("Proposed as version %(number)s. Have its effect simulated", number=made.number),
    )


def _moment(typed: str) -> datetime | None:
    if not typed:
        return None
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=HERE).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInput(
            "moment_wrong", "Enter a date and a time, or leave it empty", field="effective_from"
        ) from error


def _problems(count: int) -> str:
    text: str = _("The file has mistakes: %(count)s", count=count)
    return text


def _page(
    values: dict[str, str],
    *,
    policy: Policy | None = None,
    problems: list[str] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    changes: list[Any] | None = difference.difference(current.get(), policy) if policy else None
    return entrance.page(
        "console/levels_draft.html",
        values=values,
        problems=(problems or [])[:SHOWN_PROBLEMS],
        changes=changes,
        errors=errors or {},
        back_url="/console/levels",
    )
