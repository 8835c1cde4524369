"""What stands for a person between provinces 身份关联码: asked for by name, given to other provinces' providers alone.

A keyed digest of the proven number for each epoch of the anchor's key (`idp.recognition`), never the number. Who proved
the name by a network number 网号 has none to make it of, and is known again by the other province's subject only.
"""

from collections.abc import Collection, Mapping
from typing import Any

from idp import clock
from idp.claims.about import About
from idp.recognition import join_key, recognised_identity, tables

ITEM = "identity_join_keys"
ITEMS: dict[str, tuple[str, ...]] = {ITEM: (ITEM,)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the digests of a person who acts for nobody else, while the proof of the number holds; no query."""
    del asked
    if about.is_acting or not about.has_known_facts(clock.now()):
        return {}
    found = recognised_identity.values_of(about.account)
    return {ITEM: join_key.to_claim(found)} if found else {}


def within(client_id: str, items: Collection[str]) -> frozenset[str]:
    """Return *items* without what only the providers of other provinces may get, unless *client_id* is one now."""
    kept = frozenset(items)
    return kept if ITEM not in kept or tables.is_member(client_id) else kept - {ITEM}
