"""Choose where to show one's documents: the tree of divisions, one level on each page, down to a county."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.divisions import tree
from idp.divisions.tree import Division
from idp.pages import proving

blueprint = Blueprint("proofing_place", __name__)
blueprint.before_request(signed_in.require)
blueprint.url_value_preprocessor(proving.take_enterprise)

# Below these there is no counter of its own to choose.
NARROWEST = frozenset({"county", "township", "village"})


OWN, OF_ENTERPRISE = proving.at(f"{proving.OVERVIEW}/<any(point, counter, 'enterprise-counter'):way>/place")


@blueprint.get(OWN)
@blueprint.get(OF_ENTERPRISE)
def proofing_place(way: str) -> BaseResponse | str:
    """Show the divisions below the chosen one; a county, or what has none below it, goes on to the form."""
    code = proving.get_way(way).CODE
    chosen = tree.find(request.args.get("division", ""))
    below = _below(chosen)
    if chosen is not None and not below:
        return redirect(proving.way_url(way, division=chosen.code), 303)
    return signed_in.page(
        "account/proofing_place.html",
        way=way,
        name=proving.name_of(code),
        chosen=tree.full_name(chosen.code) if chosen else None,
        places=[{"name": one.name, "url": _url(way, one)} for one in below],
        here_url=proving.way_url(way, division=chosen.code) if chosen else None,
        back_url=_url(way, tree.find(chosen.parent)) if chosen else proving.url(proving.OVERVIEW),
    )


def _below(chosen: Division | None) -> tuple[Division, ...]:
    if chosen is None:
        return tree.children("")
    return () if chosen.level in NARROWEST else tree.children(chosen.code)


def _url(way: str, division: Division | None) -> str:
    return (
        proving.way_url(way, "/place")
        if division is None
        else proving.way_url(way, "/place", division=division.code)
    )
