"""What the federation's screens share: which authority they are about, whether it lies in the official's division.

An authority belongs to the division in its row. Officials see and act at authorities in and below their own division;
one without a division, such as the national anchor, belongs to nobody here and is left to the command line.
What lies elsewhere does not exist for them.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import get_locale

from idp.console import entrance
from idp.console.entrance import Official
from idp.divisions import tree
from idp.errors import NotFound
from idp.federation import hosted_entity, naming
from idp.federation.hosted_entity import HostedEntity
from idp.operators.rights import Act

HERE = "/console/federation"
NODE, SUBORDINATE, ADD = f"{HERE}/node", f"{HERE}/subordinate", f"{HERE}/add"
POLICY, MARKS, EXPLAIN = f"{HERE}/policy", f"{HERE}/trust-marks", f"{HERE}/explain"


def authority(name: str = "entity", act: Act = Act.SEE_FEDERATION) -> HostedEntity:
    """Return the hosted entity that this request names, if *act* is allowed there.

    Raises NotFound for what this official may not see, Forbidden (on record) for what only others may do.
    """
    by = entrance.check(Act.SEE_FEDERATION)
    entity_id = request.args.get(name, "")
    found = hosted_entity.find(entity_id)
    if found is None or not by.may(Act.SEE_FEDERATION, found.division_code):
        raise NotFound("entity_unknown", detail=entity_id[:300])
    entrance.check(act, found.division_code)
    return found


def url(path: str, **query: str) -> str:
    """Return *path* with the entities that it is about."""
    return f"{path}?{urlencode({name: value for name, value in query.items() if value})}"


def node_url(by: Official, divisions: Mapping[str, str]) -> Callable[[str], str | None]:
    """Return what gives the address of an entity's page; None for what this official may not see.

    *divisions*: entity identifier → division code of entities that are hosted here.
    """

    def find(entity_id: str) -> str | None:
        division = divisions.get(entity_id)
        seen = division is not None and by.may(Act.SEE_FEDERATION, division)
        return url(NODE, entity=entity_id) if seen else None

    return find


def shown(entity: HostedEntity) -> dict[str, Any]:
    """Return an entity as pages show it."""
    locale = str(get_locale())
    return {
        "id": entity.entity_id,
        "name": naming.name_in(entity.names, locale) or entity.entity_id,
        "kind": entity.kind,
        "is_authority": entity.is_authority,
        "division": tree.full_name(entity.division_code) or entity.division_code,
        "url": url(NODE, entity=entity.entity_id),
    }
