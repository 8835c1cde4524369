"""Level routing: from an item and a division to the site that serves it there, or nearest above (domain §6).

``GET /route?item=…&division=…&target=…`` sends a person on with 303; who asks for JSON hears where it would lead.
Without a division the one that this browser remembers counts, else the person chooses.
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask_babel import get_locale
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, logs
from idp.db import commit
from idp.divisions import tree
from idp.errors import InvalidInput, Unavailable
from idp.federation import resolution
from idp.federation.trust_chain import ChainRefused
from idp.local_limit import LOCAL_LIMIT
from idp.mandates import item as items
from idp.pages import level_routing, problem
from idp.pages.level_routing import PLACE, ROUTE, SERVICES, Wanted
from idp.relying_parties import cache, served_item
from idp.relying_parties.served_item import ServedItem
from idp.settings import SETTINGS

blueprint = Blueprint("route", __name__)

WINDOW = 60
MOST_ASKED = 5
NOT_SERVED = "item_not_served"


@blueprint.get(ROUTE)
def route() -> BaseResponse | tuple[str, int]:
    """Send the person there, or say that nobody serves it."""
    limit = SETTINGS.get().limits.service_look_ups_per_address
    LOCAL_LIMIT.get().check(f"service_look_up:{request.remote_addr}", limit, WINDOW)
    wanted = level_routing.wanted()
    is_machine = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
    division = wanted.division or ("" if is_machine else browser.division(request))
    if not wanted.item or not division:
        return _ask(wanted, is_machine=is_machine)
    found = served_item.candidates(wanted.item, division)
    # Whether a superior still stands behind a site may be asked elsewhere: not with a transaction open.
    commit()
    served = _first_standing(found)
    if served is None:
        return _nobody(wanted, division, is_machine=is_machine)
    location = level_routing.way_to(served, wanted.target)
    return jsonify(_described(wanted, division, served, location)) if is_machine else redirect(location, 303)


def _first_standing(found: Sequence[ServedItem]) -> ServedItem | None:
    """Return the first whose superiors stand behind it: whoever is suspended does not keep people from the next."""
    for served in found[:MOST_ASKED]:
        if not cache.is_entity(served.client_id):
            return served
        try:
            resolution.resolve(served.client_id)
        except ChainRefused:
            continue
        except Unavailable:
            # Nobody can tell now: the site's login will.
            return served
        return served
    return None


def _ask(wanted: Wanted, *, is_machine: bool) -> BaseResponse:
    if is_machine:
        raise InvalidInput("invalid_link", detail="name the item and the division")
    return redirect(wanted.url(PLACE) if wanted.item else wanted.url(SERVICES), 303)


def _described(wanted: Wanted, division: str, served: ServedItem, location: str) -> dict[str, Any]:
    locale = str(get_locale())
    described = {
        "item": wanted.item,
        "division": division,
        "served_by": served.client_id,
        "served_at": served.division_code,
        "name": served.name(locale),
        "organization": served.organization(locale),
        "location": location,
    }
    return {name: value for name, value in described.items() if value}


def _nobody(wanted: Wanted, division: str, *, is_machine: bool) -> Response | tuple[str, int]:
    """RFC 9457 for machines, a page with ways on for people."""
    if is_machine:
        return problem.answer(404, NOT_SERVED, "Nobody serves this item there")
    page = render_template(
        "item_not_served.html",
        error=NOT_SERVED,
        trace_id=logs.trace_id(),
        item_name=items.name_of(wanted.item, str(get_locale())),
        division_name=tree.full_name(division) or division,
        place_url=Wanted(wanted.item, "", wanted.target).url(PLACE),
        services_url=SERVICES,
    )
    return page, 404
