"""The values of claims by name, of those items that were allowed."""

from collections.abc import Collection, Mapping
from typing import Any

from idp import claims
from idp.claims import residence_division
from idp.claims.about import About


def of(
    about: About, names: Collection[str], items: Collection[str], asked: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return those of *names* that belong to *items* and are known."""
    wanted = {name for name in names if claims.ITEM_OF_CLAIM.get(name) in items}
    asked = residence_division.within(asked, items)
    found: dict[str, Any] = {}
    for module in claims.GROUPS:
        if wanted & {claim for group in module.ITEMS.values() for claim in group}:
            known = module.values(about, asked)
            found |= {claim: value for claim, value in known.items() if claim in wanted}
    return found
