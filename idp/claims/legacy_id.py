"""Scope ``legacy_id`` 原有账号: what the relying party itself called the person before, once they linked that account.

Each relying party is told its own only (`idp.linking`), and from the moment of the link until that of its end.
"""

from collections.abc import Mapping
from typing import Any

from idp.claims.about import About
from idp.linking import linked_account

SCOPE = "legacy_id"
ITEMS: dict[str, tuple[str, ...]] = {"legacy_id": ("legacy_id",)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the older account's id at the relying party that asks, or nothing; one query by its key."""
    del asked
    linked = linked_account.find(about.account.id, about.client_id) if about.client_id else None
    return {"legacy_id": linked_account.legacy_id_of(linked)} if linked else {}
