"""Propose somebody for a post. It waits until somebody else, from above, approves it."""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import rate_limit, signed_in
from idp.accounts import account as accounts
from idp.accounts.account import CITIZEN, Account
from idp.console import entrance, wording
from idp.db import db
from idp.divisions import tree
from idp.divisions.tree import Division
from idp.errors import Conflict, Forbidden, InvalidInput
from idp.operators import appointing
from idp.operators.rights import Act, Role

blueprint = Blueprint("console_official_proposal", __name__)
blueprint.before_request(entrance.require)

FIELDS = ("person", "username", "organization", "division_code")
# Somebody who tries names to learn who has an account is stopped.
PROPOSALS, WINDOW = 60, 3600


@blueprint.get("/console/officials/new")
def form() -> str:
    """Show the form."""
    by = entrance.check(Act.PROPOSE_OFFICIAL)
    return _page({}, {"organization": by.post.organization, "division_code": by.post.division_code})


@blueprint.post("/console/officials/new")
def propose() -> BaseResponse | tuple[str, int]:
    """Propose what was filled in; every mistake stands beside its field."""
    values: dict[str, Any] = {name: request.form.get(name, "").strip()[:200] for name in FIELDS}
    values["roles"] = request.form.getlist("roles")[: len(Role)]
    official = entrance.check(Act.PROPOSE_OFFICIAL, values["division_code"])
    rate_limit.check(f"console-proposal:{official.account.id}", PROPOSALS, WINDOW)
    errors = {name: _("Fill this in") for name in FIELDS if not values[name]}
    if not values["roles"]:
        errors["roles"] = _("Choose at least one role")
    person = _find_person(values["person"])
    if person is None:
        errors.setdefault("person", _("There is no citizen with this user name or phone number"))
    if errors or person is None:
        return _page(errors, values), 400
    try:
        with entrance.on_record(values["division_code"]) as by:
            post = appointing.propose(
                by,
                person,
                username=values["username"],
                organization=values["organization"],
                division_code=values["division_code"],
                roles=values["roles"],
            )
    except (Conflict, Forbidden, InvalidInput) as error:
        db.session.rollback()
        return _page({error.field: _(str(error.message))}, values), error.status
    return signed_in.go(
        f"/console/officials/{post.id}", _("Proposed. Somebody from the level above must approve it")
    )


def _find_person(identifier: str) -> Account | None:
    account = accounts.find_by_identifier(identifier) if identifier else None
    return account if account is not None and account.kind == CITIZEN else None


def _page(errors: dict[str, str], values: dict[str, Any]) -> str:
    code = entrance.current_official().post.division_code
    return entrance.page(
        "console/official_proposal.html",
        roles=[(role.value, wording.role(role), wording.role_hint(role)) for role in Role],
        divisions=[(one.code, tree.full_name(one.code)) for one in _near(code)],
        errors=errors,
        values=values,
        back_url="/console/officials",
    )


def _near(code: str) -> list[Division]:
    """Return the division with two steps below it: what one page can offer to choose from."""
    own = tree.find(code)
    below = tree.children(code)
    further = [one for division in below for one in (division, *tree.children(division.code))]
    return [*([own] if own else []), *further]
