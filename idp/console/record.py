"""The record of what officials did and looked at, for the audit administrator of a division and those below it."""

from typing import Any
from uuid import UUID

from flask import Blueprint

from idp.audit.log import AuditEvent
from idp.console import entrance, wording
from idp.console.officials import official_name
from idp.divisions import tree
from idp.operators import record as records
from idp.operators.rights import Act

blueprint = Blueprint("console_record", __name__)
blueprint.before_request(entrance.require)

PAGE = 40
ACTOR = "official:"


@blueprint.get("/console/record")
def record() -> str:
    """Show it, newest first; that it was read goes on record too."""
    by = entrance.check(Act.SEE_RECORD)
    found = records.in_division(by.post.division_code, before=entrance.position(), limit=PAGE + 1)
    page = entrance.page(
        "console/record.html",
        events=[_shown(event) for event in found[:PAGE]],
        older=str(found[PAGE - 1].id) if len(found) > PAGE else None,
        place=tree.full_name(by.post.division_code) or by.post.division_code,
    )
    with entrance.on_record():
        records.viewed("record")
    return page


def _shown(event: AuditEvent) -> dict[str, Any]:
    division = event.data.get("division")
    return {
        "id": str(event.id),
        "at": event.at,
        "what": wording.event(event.name, event.data),
        "name": event.name,
        "official": _official(event.actor or ""),
        "about": str(event.account_id) if event.account_id else None,
        "division": (tree.full_name(division) or division) if division else None,
        "reason": event.data.get("reason"),
        "facts": wording.facts(event.data),
        "sealed": event.chain_position is not None,
    }


def _official(actor: str) -> str:
    try:
        return official_name(UUID(actor.removeprefix(ACTOR))) or actor
    except ValueError:
        return actor
