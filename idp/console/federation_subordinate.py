"""What an authority says of one subordinate, and suspending it or taking it up again, with a reason, on record.

Before a suspension the page says what it cuts off. The superior's division decides who may: an official acts at the
authorities of their own division, never on what stands above it. What a division below theirs suspended they may keep
suspended by their own.
"""

import json
from typing import Any

from flask import Blueprint, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.console import entrance, federating
from idp.db import commit, db
from idp.divisions import tree
from idp.errors import Conflict, InvalidInput
from idp.federation import below, drawn, hosted_entity, introduction, naming, subordinate, suspension
from idp.federation.hosted_entity import HostedEntity
from idp.federation.subordinate import Subordinate
from idp.operators import appointing
from idp.operators.rights import Act

blueprint = Blueprint("console_federation_subordinate", __name__)
blueprint.before_request(entrance.require)

SUSPEND, RESUME = "suspend", "resume"


@blueprint.get(federating.SUBORDINATE)
def show() -> str:
    """Show it."""
    superior = federating.authority("superior")
    return _page(superior, _get(superior), {})


@blueprint.post(federating.SUBORDINATE)
def decide() -> BaseResponse | tuple[str, int]:
    """Suspend it, keep it suspended, or take it up again; each needs a reason, and what cuts off that this was read."""
    superior = federating.authority("superior", Act.SUSPEND_SUBORDINATE)
    found, reason = _get(superior), request.form.get("reason", "").strip()
    suspends = request.form.get("act") == SUSPEND
    keeps = suspends and not found.is_active
    errors = _missing(reason, cuts_off=suspends and not keeps)
    if not suspends and request.form.get("act") != RESUME:
        raise InvalidInput("bad_request")
    if errors:
        return _page(superior, found, errors), 400
    try:
        with entrance.on_record(superior.division_code) as post:
            by = appointing.actor(post)
            if suspends:
                suspension.suspend(
                    superior.entity_id,
                    found.entity_id,
                    reason=reason,
                    by=by,
                    division_code=post.division_code,
                )
            else:
                suspension.resume(
                    superior.entity_id,
                    found.entity_id,
                    reason=reason,
                    by=by,
                    division_code=post.division_code,
                )
    except (Conflict, InvalidInput) as error:
        db.session.rollback()
        text = (
            _("Somebody has just decided this already")
            if isinstance(error, Conflict)
            else _("Enter a reason")
        )
        return _page(superior, _get(superior), {"reason": text}), error.status
    if keeps:
        done = _("It stays suspended. Only your division, or one above it, can take it up again")
    elif suspends:
        done = _("Suspended. Nobody gets in through it any more")
    else:
        done = _("Taken up again. It counts from now on")
    return signed_in.go(_url(superior, found), done)


def _missing(reason: str, *, cuts_off: bool) -> dict[str, str]:
    errors = {}
    if not reason or len(reason) > suspension.LONGEST_REASON or not reason.isprintable():
        errors["reason"] = _("Enter a reason of one line")
    if cuts_off and request.form.get("understood") != "yes":
        errors["understood"] = _("Confirm that you have read what this cuts off")
    return errors


def _get(superior: HostedEntity) -> Subordinate:
    found = subordinate.get(superior.entity_id, request.args.get("entity", ""))
    db.session.refresh(found)
    return found


def _url(superior: HostedEntity, found: Subordinate) -> str:
    return federating.url(federating.SUBORDINATE, superior=superior.entity_id, entity=found.entity_id)


def _page(superior: HostedEntity, found: Subordinate, errors: dict[str, str]) -> str:
    by = entrance.current_official()
    may = by.may(Act.SUSPEND_SUBORDINATE, superior.division_code)
    may_resume = suspension.may_resume(found, by.post.division_code)
    counted = below.count(superior.entity_id, found.entity_id) if may and found.is_active else None
    hosted = hosted_entity.find(found.entity_id) if found.is_hosted else None
    page = entrance.page(
        "console/federation_subordinate.html",
        superior=federating.shown(superior),
        one=_shown(found),
        node_url=federating.url(federating.NODE, entity=found.entity_id)
        if hosted is not None and by.may(Act.SEE_FEDERATION, hosted.division_code)
        else None,
        explain_url=federating.url(federating.EXPLAIN, entity=found.entity_id),
        may_decide=may and may_resume,
        may_keep=may and suspension.may_keep(found, by.post.division_code),
        held_by=(tree.full_name(found.suspended_from) or found.suspended_from)
        if found.suspended_from
        else None,
        is_held_from_above=not may_resume,
        below=counted,
        action=_url(superior, found),
        back_url=federating.url(federating.NODE, entity=superior.entity_id),
        errors=errors,
        values={"reason": request.form.get("reason", "")},
    )
    commit()
    return page


def _shown(found: Subordinate) -> dict[str, Any]:
    return {
        "id": found.entity_id,
        "name": naming.name_in(found.names, str(get_locale())) or found.entity_id,
        "is_active": found.is_active,
        "is_authority": found.is_intermediate,
        "is_hosted": found.is_hosted,
        "reason": found.reason,
        "since": found.since,
        "division": (tree.full_name(found.division_code) or found.division_code)
        if found.division_code
        else "",
        "item_codes": list(found.item_codes),
        "entity_types": list(found.entity_types),
        "keys": introduction.thumbprints(subordinate.jwks_of(found)),
        "policy": drawn.policy_rows({}, found.metadata_policy or {}),
        "metadata": drawn.metadata_rows({}, found.declared or {}),
        "constraints": json.dumps(found.constraints, ensure_ascii=False) if found.constraints else "",
    }
