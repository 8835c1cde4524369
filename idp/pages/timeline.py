"""My timeline 动态: who logged in, what was shared, who acted for me or looked me up; newest first, paged by key."""

from itertools import groupby
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, request
from flask_babel import to_user_timezone

from idp import clock, signed_in
from idp.audit import timeline as events
from idp.audit.timeline import Entry
from idp.audit.timeline_kind import Kind
from idp.errors import InvalidInput, NotFound
from idp.pages import timeline_entry
from idp.pages import timeline_wording as wording
from idp.pages.timeline_entry import TIMELINE

blueprint = Blueprint("timeline", __name__)
blueprint.before_request(signed_in.require)

PAGE = 40


@blueprint.get(TIMELINE)
def timeline() -> str:
    """Show a page of it."""
    kind, before = _kind(), _before()
    page = events.page(signed_in.current().account.id, kind=kind, before=before, limit=PAGE)
    return signed_in.page(
        "account/timeline.html",
        days=_by_day(timeline_entry.shown(page.entries)),
        today=to_user_timezone(clock.now()).date(),
        kinds=[{"code": one.value, "name": wording.kind(one)} for one in Kind],
        kind=kind.value if kind else "",
        older_url=_url(kind, page.older) if page.older else None,
        newest_url=_url(kind, None) if before else None,
    )


@blueprint.get(f"{TIMELINE}/<uuid:event_id>")
def entry(event_id: UUID) -> str:
    """Show one entry whole, and what to do if it was not right."""
    event = events.find(signed_in.current().account.id, event_id)
    if event is None:
        raise NotFound("not_found", detail=str(event_id))
    shown = timeline_entry.shown([Entry(event, event, claims=set(event.data.get("claims", ())))])[0]
    return signed_in.page("account/timeline_entry.html", entry=shown, back_url=TIMELINE)


def _kind() -> Kind | None:
    named = request.args.get("kind", "")
    try:
        return Kind(named) if named else None
    except ValueError as error:
        raise InvalidInput("kind_unknown", detail=named[:40]) from error


def _before() -> UUID | None:
    named = request.args.get("before", "")
    try:
        return UUID(named) if named else None
    except ValueError as error:
        raise InvalidInput("position_malformed", detail=named[:40]) from error


def _url(kind: Kind | None, before: UUID | None) -> str:
    query = ({"kind": kind.value} if kind else {}) | ({"before": str(before)} if before else {})
    return f"{TIMELINE}?{urlencode(query)}" if query else TIMELINE


def _by_day(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries under the day they happened on, where the person lives."""
    days = groupby(entries, key=lambda one: to_user_timezone(one["at"]).date())
    return [{"date": day, "entries": list(those)} for day, those in days]
