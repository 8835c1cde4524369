"""The federation of a division: the authorities where its tree begins, and a way to any entity below."""

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp.console import entrance, federating
from idp.console.entrance import Official
from idp.db import commit
from idp.divisions import tree
from idp.federation import hosted_entity, subordinate
from idp.federation.hosted_entity import HostedEntity
from idp.operators.rights import Act

blueprint = Blueprint("console_federation", __name__)
blueprint.before_request(entrance.require)

LONGEST_SOUGHT = 300
MOST_PLACES = 20


@blueprint.get(federating.HERE)
def federation() -> str | BaseResponse:
    """Show where it begins; ``q`` looks for an entity identifier, or for a place by name."""
    by = entrance.check(Act.SEE_FEDERATION)
    sought = request.args.get("q", "")[:LONGEST_SOUGHT].strip()
    found, errors = [], {}
    if sought:
        away = _page_of(by, sought)
        if away is not None:
            commit()
            return redirect(away, 303)
        found = _in_places(by, sought)
        if not found:
            errors = {"q": _("There is no such entity or place in your division")}
    page = entrance.page(
        "console/federation.html",
        tops=[federating.shown(one) for one in _tops(by)],
        found=[federating.shown(one) for one in found],
        sought=sought,
        explain_url=federating.EXPLAIN,
        action=federating.HERE,
        errors=errors,
    )
    commit()
    return page


def _tops(by: Official) -> list[HostedEntity]:
    """Return the authorities of the official's division; where it has none, those of the divisions right below."""
    code = by.post.division_code
    own = [one for one in hosted_entity.of_division(code) if one.is_authority]
    if own:
        return own
    lower = [one for child in tree.children(code) for one in hosted_entity.of_division(child.code)]
    return [one for one in lower if one.is_authority]


def _page_of(by: Official, entity_id: str) -> str | None:
    """Return the page about exactly that entity: as one hosted here, else as somebody's subordinate."""
    hosted = hosted_entity.find(entity_id)
    if hosted is not None and by.may(Act.SEE_FEDERATION, hosted.division_code):
        return federating.url(federating.NODE, entity=entity_id)
    if not hosted_entity.is_possible(entity_id):
        return None
    for row in subordinate.superiors_of(entity_id):
        superior = hosted_entity.find(row.superior_id)
        if superior is not None and by.may(Act.SEE_FEDERATION, superior.division_code):
            return federating.url(federating.SUBORDINATE, superior=row.superior_id, entity=entity_id)
    return None


def _in_places(by: Official, words: str) -> list[HostedEntity]:
    places = [
        one.code for one in tree.search(words, limit=MOST_PLACES) if by.may(Act.SEE_FEDERATION, one.code)
    ]
    return [one for code in places for one in hosted_entity.of_division(code)]
