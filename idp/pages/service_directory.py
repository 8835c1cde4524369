"""Find a service 找服务: what is served where a person lives, whichever level runs it; one press leads there.

Anybody may look. The place is chosen once and kept in a cookie. Who is logged in here is logged in there too, because
every entry begins the login of its site (`route`).
"""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, make_response, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, parameters
from idp.db import commit
from idp.divisions import tree
from idp.divisions.tree import Division
from idp.local_limit import LOCAL_LIMIT
from idp.mandates import item as items
from idp.mandates import item_theme as themes
from idp.pages import level_routing
from idp.pages.level_routing import PLACE, ROUTE, SERVICES, Wanted
from idp.relying_parties import served_item
from idp.relying_parties.served_item import ServedItem
from idp.settings import SETTINGS

blueprint = Blueprint("service_directory", __name__)

WINDOW = 60
PAGE = 60
LONGEST_SOUGHT = 60


@blueprint.get(SERVICES)
def service_directory() -> BaseResponse:
    """Show what is served at the chosen place; ``q`` searches, ``theme`` narrows, ``from`` goes on."""
    limit = SETTINGS.get().limits.service_look_ups_per_address
    LOCAL_LIMIT.get().check(f"service_look_up:{request.remote_addr}", limit, WINDOW)
    given, wanted = parameters.read(request.query_string), level_routing.wanted()
    chosen = tree.find(wanted.division)
    place = chosen or tree.find(browser.division(request))
    words = given.get("q", "")[:LONGEST_SOUGHT].strip()
    theme = next((one for one in themes.listed() if one.code == given.get("theme")), None)
    codes = [one.code for one in items.listed() if one.theme == theme.code] if theme else None
    found, more = served_item.offered(
        place.code if place else "", words=words, codes=codes, after=given.get("from", ""), limit=PAGE
    )
    commit()
    code = place.code if place else ""
    kept = {"q": words, "theme": theme.code if theme else ""}
    page = render_template(
        "services.html",
        place=_place(place),
        words=words,
        theme=theme.code if theme else "",
        themes=[
            {"name": one.name(str(get_locale())), "code": one.code, "url": _here(q=words, theme=one.code)}
            for one in themes.listed()
            if any(known.theme == one.code for known in items.listed())
        ],
        all_url=_here(q=words),
        groups=_grouped(found, code),
        more_url=_here(**kept, **{"from": more}) if more else None,
        provinces=[] if place else [_province(one) for one in tree.children("")],
        action=SERVICES,
        place_action=PLACE,
    )
    response = make_response(page)
    if chosen is not None:
        browser.set_division(response, chosen.code)
    return response


def _place(place: Division | None) -> dict[str, str] | None:
    if place is None:
        return None
    change = Wanted("", "", "").url(PLACE, **{"in": place.parent} if place.parent else {})
    return {"code": place.code, "name": tree.full_name(place.code) or place.name, "change_url": change}


def _province(one: Division) -> dict[str, str]:
    return {"name": one.name, "url": Wanted("", "", "").url(PLACE, **{"in": one.code})}


def _grouped(found: Sequence[list[ServedItem]], code: str) -> list[dict[str, Any]]:
    """Return the services under their themes, in the order of the themes; those without one come last."""
    locale = str(get_locale())
    groups: dict[str, list[dict[str, Any]]] = {
        code: [] for code in (*(one.code for one in themes.listed()), "")
    }
    for serving in found:
        known = items.find(serving[0].item_code)
        group = known.theme if known and known.theme in groups else ""
        groups[group].append(_shown(serving[0], known, code, locale))
    names = {one.code: one.name(locale) for one in themes.listed()} | {"": _("More services")}
    return [
        {"code": theme, "name": names[theme], "services": entries}
        for theme, entries in groups.items()
        if entries
    ]


def _shown(served: ServedItem, known: items.Item | None, code: str, locale: str) -> dict[str, Any]:
    division = tree.find(served.division_code)
    site = served.name(locale)
    return {
        "item": served.item_code,
        "name": known.name(locale) if known else site,
        "site": site,
        "organization": served.organization(locale),
        "level": _level(division),
        "url": Wanted(served.item_code, code or served.division_code, "").url(ROUTE)
        if code or served.division_code
        else level_routing.way_to(served, ""),
    }


def _level(division: Division | None) -> str:
    """Return at which level a service is run, in a word."""
    names: dict[str, str] = {
        "province": _("Province"),
        "prefecture": _("City"),
        "county": _("County or district"),
        "township": _("Township"),
        "village": _("Village"),
    }
    return names[division.level] if division else _("Whole country")


def _here(**query: str) -> str:
    return Wanted("", "", "").url(SERVICES, **query)
