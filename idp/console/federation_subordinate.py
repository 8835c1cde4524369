"""What an authority says of one subordinate, and suspending it or taking it up again, with a reason, on record.

Before a suspension the page says what it cuts off. The superior's division decides who may: an official acts at the
authorities of their own division, never on what stands above it.
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
from idp.errors import Conflict, Forbidden, InvalidInput
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
    """Suspend it, or take it up again; each needs a reason, a suspension also that its effect was read."""
    superior = federating.authority("superior", Act.SUSPEND_SUBORDINATE)
    found, reason = _get(superior), request.form.get("reason", "").strip()
    suspends = request.form.get("act") == SUSPEND
    errors = _missing(reason, suspends=suspends)
    if not suspends and request.form.get("act") != RESUME:
        raise InvalidInput("bad_request")
    if errors:
        return _page(superior, found, errors), 400
    if not suspends and _is_held_from_above(found):
        raise Forbidden("forbidden", detail="somebody above suspended it")
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
                suspension.resume(superior.entity_id, found.entity_id, by=by, reason=reason)
    except (Conflict, InvalidInput) as error:
        db.session.rollback()
        text = (
            _("Somebody has just decided this already")
            if isinstance(error, Conflict)
            else _("Enter a reason")
        )
        return _page(superior, _get(superior), {"reason": text}), error.status
    done = (
        _("Suspended. Nobody gets in through it any more")
        if suspends
        else _("Taken up again. It counts from now on")
    )
    return signed_in.go(_url(superior, found), done)


def _missing(reason: str, *, suspends: bool) -> dict[str, str]:
    errors = {}
    if not reason or len(reason) > suspension.LONGEST_REASON or not reason.isprintable():
        errors["reason"] = _("Enter a reason of one line")
    if suspends and request.form.get("understood") != "yes":
        errors["understood"] = _("Confirm that you have read what this cuts off")
    return errors


def _is_held_from_above(found: Subordinate) -> bool:
    """Whether the one who suspended it stands above this official."""
    by = found.suspended_from
    return bool(by) and not entrance.current_official().may(Act.SUSPEND_SUBORDINATE, by)


def _get(superior: HostedEntity) -> Subordinate:
    found = subordinate.get(superior.entity_id, request.args.get("entity", ""))
    db.session.refresh(found)
    return found


def _url(superior: HostedEntity, found: Subordinate) -> str:
    return federating.url(federating.SUBORDINATE, superior=superior.entity_id, entity=found.entity_id)


def _page(superior: HostedEntity, found: Subordinate, errors: dict[str, str]) -> str:
    may = entrance.current_official().may(Act.SUSPEND_SUBORDINATE, superior.division_code)
    counted = below.count(superior.entity_id, found.entity_id) if may and found.is_active else None
    hosted = hosted_entity.find(found.entity_id) if found.is_hosted else None
    page = entrance.page(
        "console/federation_subordinate.html",
        superior=federating.shown(superior),
        one=_shown(found),
        node_url=federating.url(federating.NODE, entity=found.entity_id)
        if hosted is not None and entrance.current_official().may(Act.SEE_FEDERATION, hosted.division_code)
        else None,
        explain_url=federating.url(federating.EXPLAIN, entity=found.entity_id),
        may_decide=may and not _is_held_from_above(found),
        held_from=tree.full_name(found.suspended_from or "") if _is_held_from_above(found) else None,
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
