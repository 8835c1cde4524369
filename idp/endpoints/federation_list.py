"""``federation_list_endpoint``: who stands right below a hosted authority (OpenID Federation 1.0 §8.2).

Filters ``entity_type`` (several: any of them), ``intermediate``, ``trust_marked``, ``trust_mark_type``. With ``limit``
one page, which begins at ``from_entity_id``; its ``Link`` header (RFC 8288) leads to the next one.
"""

import json
from typing import Any
from urllib.parse import urlencode

from idp.endpoints import federation_answer
from idp.errors import InvalidInput
from idp.federation import hosted_entity, listing
from idp.federation.listing import Filters
from idp.machine import ENTITY, Answer, Call, Routes

PATH = "/federation/list"
LONGEST_PAGE = 1000
MOST_TYPES = 20


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: each authority's configuration advertises its own."""
    del issuer
    return {}


def federation_list(call: Call) -> Answer:
    """Answer a JSON array of entity identifiers, in the order of their characters."""
    superior = federation_answer.addressed_authority(call)
    asked = call.query_lists
    filters = _filters(asked)
    limit, start = _limit(_one(asked, "limit")), _one(asked, "from_entity_id")
    if start and not hosted_entity.is_possible(start):
        raise InvalidInput("invalid_request", detail="from_entity_id is no entity identifier")
    if limit is None:
        found, following = listing.every(superior.entity_id, filters), None
        found = [one for one in found if one >= start]
    else:
        found, following = listing.page(superior.entity_id, filters, start=start, limit=limit)
    made = federation_answer.revalidated(call, json.dumps(found).encode())
    if following is None:
        return made
    more = [(name, value) for name, values in asked.items() for value in values if name != "from_entity_id"]
    address = f"{superior.entity_id}{PATH}?{urlencode([*more, ('from_entity_id', following)])}"
    return Answer(
        made.status, made.body, (*made.headers, ("Link", f'<{address}>; rel="next"')), made.mimetype
    )


def _filters(asked: dict[str, list[str]]) -> Filters:
    types = asked.get("entity_type", [])
    mark = _one(asked, "trust_mark_type")
    if len(types) > MOST_TYPES or not all(map(hosted_entity.is_possible, [*types, mark or "x"])):
        raise InvalidInput("invalid_request", detail="no such entity types or trust mark type")
    return Filters(
        entity_types=types,
        intermediate=_flag(_one(asked, "intermediate")),
        trust_marked=_flag(_one(asked, "trust_marked")) or False,
        trust_mark_type=mark,
    )


def _one(asked: dict[str, list[str]], name: str) -> str:
    values = asked.get(name, [""])
    if len(values) > 1:
        raise InvalidInput("invalid_request", detail=f"{name} is repeated")
    return values[0]


def _flag(text: str) -> bool | None:
    if text not in {"", "true", "false"}:
        raise InvalidInput("invalid_request", detail="flags are true or false")
    return text == "true" if text else None


def _limit(text: str) -> int | None:
    if not text:
        return None
    # Longer numbers are no page that anybody wants, and int() would take its time.
    if not (text.isascii() and text.isdigit()) or len(text) > len(str(LONGEST_PAGE)) or int(text) == 0:
        raise InvalidInput("invalid_request", detail=f"limit is a number from 1 to {LONGEST_PAGE}")
    return min(int(text), LONGEST_PAGE)


ROUTES: Routes = {f"{ENTITY}{PATH}": {"GET": federation_list}}
