"""One hosted entity: its superiors and subordinates as a tree, its keys, policy, limits, marks and statement."""

import json
from typing import Any

from flask import Blueprint, request
from flask_babel import get_locale

from idp.console import entrance, federating
from idp.console.entrance import Official
from idp.db import commit
from idp.divisions import tree
from idp.federation import (
    drawn,
    entity_id,
    federation_key,
    hosted_entity,
    hosted_statement,
    issued_trust_mark,
    naming,
    subordinate,
)
from idp.federation.hosted_entity import HostedEntity
from idp.federation.subordinate import Subordinate
from idp.keys import compact_jwt
from idp.operators.rights import Act

blueprint = Blueprint("console_federation_node", __name__)
blueprint.before_request(entrance.require)

PAGE = 30


@blueprint.get(federating.NODE)
def node() -> str:
    """Show it; subordinates page by page (``from``)."""
    entity, by = federating.authority(), entrance.current_official()
    after = request.args.get("from", "")
    rows = (
        subordinate.page(
            entity.entity_id, after=after if hosted_entity.is_possible(after) else "", limit=PAGE + 1
        )
        if entity.is_authority
        else []
    )
    superiors = subordinate.superiors_of(entity.entity_id)
    page = entrance.page(
        "console/federation_node.html",
        node=federating.shown(entity) | _details(entity),
        superiors=_superiors(by, superiors),
        subordinates=[_below(row) for row in rows[:PAGE]],
        more_url=federating.url(
            federating.NODE, entity=entity.entity_id, **{"from": rows[PAGE - 1].entity_id}
        )
        if len(rows) > PAGE
        else None,
        is_first=not after,
        links=_links(by, entity),
        back_url=federating.HERE,
    )
    commit()
    return page


def _details(entity: HostedEntity) -> dict[str, Any]:
    token = hosted_statement.configuration(entity.entity_id)
    claims = compact_jwt.unverified_claims(token) if token else {}
    return {
        "keys": [
            {"kid": key.kid, "state": key.state, "since": key.current_at or key.created_at}
            for key in reversed(federation_key.ever(entity.entity_id))
        ],
        "policy": drawn.policy_rows({}, entity.metadata_policy or {}),
        "constraints": json.dumps(entity.constraints, ensure_ascii=False, indent=2)
        if entity.constraints
        else "",
        "marks": [
            {"type": mark.trust_mark_type, "issuer": mark.issuer_id, "until": mark.expires_at}
            for mark in issued_trust_mark.held(entity.entity_id)
        ],
        "configuration_url": entity_id.configuration_url(entity.entity_id),
        "statement": json.dumps(claims, ensure_ascii=False, indent=2) if claims else "",
        "is_open": entity.status == hosted_entity.ACTIVE,
    }


def _superiors(by: Official, rows: Any) -> list[dict[str, Any]]:
    names = naming.names_of([row.superior_id for row in rows], str(get_locale()))
    found = []
    for row in rows:
        superior = hosted_entity.find(row.superior_id)
        seen = superior is not None and by.may(Act.SEE_FEDERATION, superior.division_code)
        found.append(
            {
                "id": row.superior_id,
                "name": names.get(row.superior_id, row.superior_id),
                "url": federating.url(federating.NODE, entity=row.superior_id) if seen else None,
                "relation_url": _relation(row) if seen else None,
                "is_active": row.is_active,
            }
        )
    return found


def _below(row: Subordinate) -> dict[str, Any]:
    return {
        "id": row.entity_id,
        "name": naming.name_in(row.names, str(get_locale())) or row.entity_id,
        "is_authority": row.is_intermediate,
        "is_active": row.is_active,
        "division": (tree.full_name(row.division_code) or row.division_code) if row.division_code else "",
        "url": federating.url(federating.NODE, entity=row.entity_id)
        if row.is_hosted and row.is_intermediate
        else _relation(row),
        "relation_url": _relation(row),
    }


def _relation(row: Subordinate) -> str:
    return federating.url(federating.SUBORDINATE, superior=row.superior_id, entity=row.entity_id)


def _links(by: Official, entity: HostedEntity) -> dict[str, str | None]:
    """Return where this official may go on with it."""
    allowed = {
        "add": (federating.ADD, Act.ADD_SUBORDINATE, "superior"),
        "policy": (federating.POLICY, Act.SET_METADATA_POLICY, "entity"),
        "marks": (federating.MARKS, Act.GIVE_TRUST_MARK, "entity"),
    }
    links = {
        key: federating.url(path, **{name: entity.entity_id})
        if entity.is_authority and by.may(act, entity.division_code)
        else None
        for key, (path, act, name) in allowed.items()
    }
    return links | {"explain": federating.url(federating.EXPLAIN, entity=entity.entity_id)}
