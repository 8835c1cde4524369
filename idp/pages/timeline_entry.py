"""Entries of a timeline as pages show them: names of sites, people and offices are looked up once for all of them."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from flask import request
from flask_babel import get_locale

from idp import claims
from idp.accounts import account as accounts
from idp.audit import timeline_kind
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.audit.timeline import Entry
from idp.audit.timeline_kind import Kind
from idp.divisions import tree
from idp.mandates import item
from idp.operators import post as posts
from idp.operators.post import Post
from idp.pages import timeline_wording as wording
from idp.relying_parties import asking_site, cache
from idp.sessions import seen

TIMELINE = "/account/timeline"
NOT_ME = "/account/not-me"

SIGNS: dict[Kind, str] = {
    Kind.LOGIN: "key",
    Kind.RELEASE: "paper",
    Kind.MANDATE: "people",
    Kind.LOOK_UP: "eye",
    Kind.FAILED: "warning",
    Kind.CHANGE: "shield",
}
# What a person knows better than we whether they did it; the rest was done by us, by an office or by time.
OWN_ACTS = frozenset(
    timeline_kind.KINDS[Kind.LOGIN]
    | timeline_kind.KINDS[Kind.FAILED]
    | timeline_kind.KINDS[Kind.RELEASE]
    | timeline_kind.KINDS[Kind.CHANGE]
    | {EventName.MANDATE_CONFIRMED, EventName.MANDATE_PROPOSED, EventName.MANDATE_USED}
) - {
    EventName.ACCOUNT_CREATED,
    EventName.ACCOUNT_FROZEN,
    EventName.CERTIFICATE_DISTRUSTED,
    EventName.CONSENT_EXPIRED,
    EventName.CONSENT_NOTIFIED,
    EventName.DELETION_ANSWERED,
    EventName.DELETION_DELAYED,
    EventName.IDENTITY_LOST,
    EventName.INTRUSION_REPORTED,
    EventName.LEVEL_LOWERED,
    EventName.LEVEL_RAISED,
    EventName.PASSKEY_SUSPENDED,
    EventName.RECOVERY_STOPPED,
    EventName.REGISTER_CHANGED,
    EventName.SESSION_ENDED,
}


def shown(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return *entries* as templates show them. Three queries at most, for the names of people, offices and sites."""
    cache.load({one for entry in entries if (one := entry.event.client_id)})
    ids = {found for entry in entries for found in _people(entry.event)}
    officials = {found for entry in entries if (found := _actor(entry.event)) is not None}
    known = posts.of_accounts(officials) if officials else {}
    names = accounts.names_of(ids - known.keys())
    here = seen.address_digest(request.remote_addr or "")
    return [_shown(entry, names, known, here) for entry in entries]


def site_name(client_id: str | None) -> str:
    """Return the name of a site; its id when it is not registered any more."""
    rp = cache.find(client_id) if client_id else None
    return asking_site.of(rp, str(get_locale())).name if rp else client_id or ""


def _shown(entry: Entry, names: dict[UUID, str], known: dict[UUID, Post], here: str) -> dict[str, Any]:
    event, data = entry.event, entry.event.data
    kind = timeline_kind.find(event.name) or Kind.CHANGE
    by = _actor(event)
    office = known.get(by) if by else None
    other = _id(data.get("holder_id")) or (by if by != event.account_id and office is None else None)
    site = site_name(event.client_id)
    principal = _id(data.get("principal_id"))
    return {
        "id": str(event.id),
        "url": f"{TIMELINE}/{event.id}",
        "name": event.name,
        "kind": kind.value,
        "kind_name": wording.kind(kind),
        "sign": SIGNS[kind],
        "title": wording.title(event.name, data, site, names.get(other, "") if other else ""),
        "at": event.at,
        "first_at": entry.first.at,
        "times": entry.times,
        "site": site,
        "site_url": f"/account/services/{quote(event.client_id, safe='')}" if event.client_id else None,
        "device": data.get("device"),
        "ways": wording.ways_in(data.get("methods", [])),
        "network": wording.network(str(data.get("network", ""))),
        "is_here": data.get("address_digest") == here,
        "failure": wording.failure(str(data.get("reason", ""))) if kind is Kind.FAILED else "",
        "received": _items(claims.ITEM_OF_CLAIM.get(one) for one in entry.claims),
        "may_receive": _items(data.get("items", [])) if kind is Kind.RELEASE and not entry.claims else [],
        "matters": _matters(data) if kind is Kind.MANDATE else [],
        "for_whom": names.get(principal) if principal and principal != event.account_id else None,
        "office": _office(office),
        "reason": data.get("reason") if kind is Kind.LOOK_UP else None,
        "is_look_up": kind is Kind.LOOK_UP,
        "is_failed": kind is Kind.FAILED,
        "not_me_url": f"{NOT_ME}?event={event.id}" if event.name in OWN_ACTS else None,
    }


def _matters(data: dict[str, Any]) -> list[str]:
    codes = [*data.get("items", []), *([data["item"]] if "item" in data else [])]
    return [item.name_of(str(code), str(get_locale())) for code in codes]


def _items(names: Iterable[str | None]) -> list[str]:
    return sorted({name for name in names if name in claims.ITEMS})


def _office(post: Post | None) -> str | None:
    if post is None:
        return None
    place = tree.full_name(post.division_code)
    return f"{post.organization} · {place}" if place else post.organization


def _people(event: AuditEvent) -> list[UUID]:
    data = event.data
    found = [_id(data.get("holder_id")), _id(data.get("principal_id")), _actor(event)]
    return [one for one in found if one is not None]


def _actor(event: AuditEvent) -> UUID | None:
    """Return who did it: ``official:<account>``, ``account:<account>``, or the bare id of an official's account."""
    return _id((event.actor or "").rpartition(":")[2])


def _id(text: object) -> UUID | None:
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None
