"""Choose where one needs a service: by name, or down the tree of divisions, one level on each page."""

from flask import Blueprint, render_template, request
from flask_babel import get_locale

from idp import parameters
from idp.divisions import tree
from idp.divisions.tree import Division
from idp.mandates import item as items
from idp.pages import level_routing
from idp.pages.level_routing import PLACE, ROUTE, SERVICES, Wanted

blueprint = Blueprint("service_place", __name__)

LONGEST_NAME = 40
MOST_FOUND = 20


@blueprint.get(PLACE)
def service_place() -> str:
    """Show the divisions below the one in ``in``, or those whose name has ``name`` in it."""
    given = parameters.read(request.query_string)
    wanted, name = level_routing.wanted(), given.get("name", "")[:LONGEST_NAME].strip()
    inside = tree.find(given.get("in", ""))
    return render_template(
        "service_place.html",
        item=wanted.item,
        item_name=items.name_of(wanted.item, str(get_locale())) if wanted.item else "",
        target=wanted.target,
        name=name,
        found=[_choice(wanted, one, tree.full_name(one.code) or one.name) for one in _named(name)],
        path=[{"name": one.name, "url": _inside(wanted, one)} for one in tree.path(inside.code)]
        if inside
        else [],
        whole=_choice(wanted, inside, inside.name) if inside else None,
        places=[_below(wanted, one) for one in tree.children(inside.code if inside else "")],
        top_url=wanted.url(PLACE, division=""),
        back_url=SERVICES,
        action=PLACE,
    )


def _named(name: str) -> tuple[Division, ...]:
    return tree.search(name, limit=MOST_FOUND)


def _choice(wanted: Wanted, one: Division, name: str) -> dict[str, str]:
    path = ROUTE if wanted.item else SERVICES
    return {"name": name, "url": wanted.url(path, division=one.code), "code": one.code}


def _below(wanted: Wanted, one: Division) -> dict[str, str]:
    """Return a place with a page of its own while there is something below it, else with what chooses it."""
    if tree.children(one.code):
        return {"name": one.name, "url": _inside(wanted, one), "code": one.code}
    return _choice(wanted, one, one.name)


def _inside(wanted: Wanted, one: Division) -> str:
    return wanted.url(PLACE, division="", **{"in": one.code})
