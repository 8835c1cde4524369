"""What entities of the federation are called, where this deployment knows it: those hosted here, and those below them.

Two queries for any number of entities. A name is for people; rules and statements know identifiers only.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from idp.db import db
from idp.federation.hosted_entity import HostedEntity
from idp.federation.subordinate import Subordinate

MOST = 500


def names_of(entity_ids: Collection[str], locale: str) -> dict[str, str]:
    """Return the names in that language ("zh_Hans", "en"), or in another one; entities without any are left out."""
    wanted = [one for one in dict.fromkeys(entity_ids) if one][:MOST]
    if not wanted:
        return {}
    found: dict[str, str] = {}
    below = select(Subordinate.entity_id, Subordinate.names).where(Subordinate.entity_id.in_(wanted))
    hosted = select(HostedEntity.entity_id, HostedEntity.names).where(HostedEntity.entity_id.in_(wanted))
    for query in (below, hosted):
        found |= {
            entity_id: name
            for entity_id, names in db.session.execute(query)
            if (name := name_in(names, locale))
        }
    return found


def name_in(names: Mapping[str, str] | None, locale: str) -> str:
    """Return the name for *locale*: of that tag, of that language, or any; empty when there is none."""
    said = names or {}
    wanted = locale.replace("_", "-").lower()
    exact = [name for tag, name in said.items() if tag.lower() == wanted]
    language = [
        name for tag, name in said.items() if tag.lower().split("-")[0] == wanted.split("-", maxsplit=1)[0]
    ]
    return next(iter([*exact, *language, *said.values()]), "")
