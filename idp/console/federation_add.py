"""Add a subordinate: name it, look at what it says of itself and at its keys, confirm, with a place and a reason.

Nothing is added that was not shown: it is fetched again with the confirmation, and keys and metadata must be the same.
"""

import json
from typing import Any

from flask import Blueprint, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import rate_limit, signed_in
from idp.console import entrance, federating
from idp.db import commit, db
from idp.divisions import tree
from idp.errors import InvalidInput, NotFound
from idp.federation import below, hosted_entity, introduction, naming, subordinate, suspension
from idp.federation.hosted_entity import HostedEntity
from idp.federation.introduction import RELYING_PARTY, Introduction
from idp.mandates import item
from idp.operators import post as posts
from idp.operators.rights import Act
from idp.relying_parties import served_item, served_item_admission

blueprint = Blueprint("console_federation_add", __name__)
blueprint.before_request(entrance.require)

LOOK_UPS, HOUR = 120, 3600
# Besides place and items. Under which names people are known elsewhere (sector, subject type) is no such plain matter:
# that is left to the policy.
STATED = ("legal_basis", "organization_uscc")
CONFIRM = "confirm"


@blueprint.get(federating.ADD)
def ask() -> str:
    """Ask which one."""
    return _page(_superior(), None, {})


@blueprint.post(federating.ADD)
def add() -> BaseResponse | tuple[str, int] | str:
    """Show what it says of itself; with the confirmation, add it."""
    superior = _superior()
    entity_id = request.form.get("entity", "").strip()
    rate_limit.check(f"federation-look-ups:{entrance.current_official().account.id}", LOOK_UPS, HOUR)
    # It may be asked elsewhere: not with a transaction open.
    commit()
    try:
        found = introduction.look(entity_id)
    except InvalidInput as error:
        return _page(
            superior,
            None,
            {"entity": _("We could not read it")},
            rule=error.code,
            said=str(error.message or ""),
        ), 400
    if request.form.get("step") != CONFIRM:
        return _page(superior, found, {})
    errors = _missing(superior, found)
    if errors:
        return _page(superior, found, errors), 400
    try:
        with entrance.on_record(superior.division_code):
            _put(superior, found)
    except InvalidInput as error:
        db.session.rollback()
        return _page(superior, found, {"entity": _("It cannot be added here")}, rule=error.code), error.status
    name = naming.name_in(found.names, str(get_locale())) or entity_id
    where = federating.url(federating.SUBORDINATE, superior=superior.entity_id, entity=entity_id)
    return signed_in.go(where, _("%(name)s is added", name=name))


def _superior() -> HostedEntity:
    superior = federating.authority("superior", Act.ADD_SUBORDINATE)
    if not superior.is_authority:
        raise NotFound("not_found", detail="vouches for nobody")
    return superior


def _put(superior: HostedEntity, found: Introduction) -> None:
    division = request.form.get("division_code", "").strip()
    subordinate.put(
        superior.entity_id,
        found.entity_id,
        entity_types=found.entity_types,
        jwks=found.jwks,
        is_intermediate=found.is_authority,
        names=dict(found.names),
        division_code=division,
        item_codes=list(found.item_codes),
        declared=_stated(superior, found, division),
    )
    if RELYING_PARTY in found.metadata and _is_ours_to_place(superior, found):
        served_item_admission.admit(
            found.entity_id,
            found.metadata[RELYING_PARTY],
            division_code=division,
            item_codes=found.item_codes,
        )


def _is_ours_to_place(superior: HostedEntity, found: Introduction) -> bool:
    """Whether people may be sent to it by this authority's word: it names the authority, and serves nobody else yet.

    Else whoever has a county could take a city's service away from the city's people.
    """
    if hosted_entity.find(found.entity_id) is None and superior.entity_id not in found.authority_hints:
        return False
    standing = served_item.places_of(found.entity_id)
    return all(superior.division_code in posts.path_of(place) for place in standing)


def _stated(superior: HostedEntity, found: Introduction, division: str) -> dict[str, Any] | None:
    """Return what counts only because its superior states it; the official has read it and chose the division.

    What was stated of it before besides stays.
    """
    known = subordinate.find(superior.entity_id, found.entity_id)
    before = (known.declared if known else None) or {}
    if RELYING_PARTY not in found.metadata:
        return before or None
    party = found.metadata[RELYING_PARTY]
    stated = {name: party[name] for name in STATED if party.get(name) is not None}
    stated |= {"division_code": division, "item_codes": list(found.item_codes)}
    return {**before, RELYING_PARTY: {**before.get(RELYING_PARTY, {}), **stated}}


def _missing(superior: HostedEntity, found: Introduction) -> dict[str, str]:
    errors: dict[str, str] = {}
    hosted = hosted_entity.find(found.entity_id)
    if hosted is not None and not entrance.current_official().may(Act.ADD_SUBORDINATE, hosted.division_code):
        # It would change what somebody else's authority says of itself.
        errors["entity"] = _("This authority belongs to another division")
    elif held := _held_above(found):
        errors["entity"] = _("%(division)s, which stands above yours, has suspended it", division=held)
    elif below.stands_above(found.entity_id, superior.entity_id):
        errors["entity"] = _("It stands above this authority already: that would be a circle")
    elif request.form.get("seen") != found.digest:
        errors["entity"] = _("It has changed since you looked. Read it and compare its keys again")
    division = request.form.get("division_code", "").strip()
    if tree.find(division) is None or superior.division_code not in posts.path_of(division):
        errors["division_code"] = _("Choose a division in or below that of the authority")
    if request.form.get("compared") != "yes":
        errors["compared"] = _("Confirm that you have compared the keys")
    return errors


def _held_above(found: Introduction) -> str | None:
    """Return the name of the division above this official's that has suspended it, below whichever authority."""
    code = suspension.held_above(found.entity_id, entrance.current_official().post.division_code)
    return (tree.full_name(code) or code) if code else None


def _page(
    superior: HostedEntity,
    found: Introduction | None,
    errors: dict[str, str],
    *,
    rule: str = "",
    said: str = "",
) -> str:
    page = entrance.page(
        "console/federation_add.html",
        superior=federating.shown(superior),
        found=_shown(superior, found) if found else None,
        rule=rule,
        said=said[:300],
        action=federating.url(federating.ADD, superior=superior.entity_id),
        back_url=federating.url(federating.NODE, entity=superior.entity_id),
        errors=errors,
        values={
            "entity": request.form.get("entity", ""),
            "division_code": request.form.get("division_code")
            or (found.division_code if found else "")
            or superior.division_code,
        },
    )
    commit()
    return page


def _shown(superior: HostedEntity, found: Introduction) -> dict[str, Any]:
    locale = str(get_locale())
    known = subordinate.find(superior.entity_id, found.entity_id)
    standing = subordinate.superiors_of(found.entity_id)
    against = [
        one.superior_id for one in standing if not one.is_active and one.superior_id != superior.entity_id
    ]
    names = naming.names_of(against, locale)
    return {
        "id": found.entity_id,
        "name": naming.name_in(found.names, locale) or found.entity_id,
        "is_authority": found.is_authority,
        "entity_types": list(found.entity_types),
        "items": [item.name_of(code, locale) for code in found.item_codes],
        "keys": list(found.keys),
        "digest": found.digest,
        "stated": [
            {
                "name": name,
                "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:200],
            }
            for name, value in sorted(found.metadata.get(RELYING_PARTY, {}).items())
            if name in STATED and value is not None
        ],
        "names_us": superior.entity_id in found.authority_hints,
        "is_known": known is not None,
        "is_suspended_here": known is not None and not known.is_active,
        "held_above": _held_above(found),
        "suspended_by": [names.get(one, one) for one in against],
        "division": tree.full_name(found.division_code) or found.division_code,
    }
