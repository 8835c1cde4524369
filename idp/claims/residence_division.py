"""``residence_division``: where a person lives, no narrower than a site needs. Asked for by name only.

The request says how deep: ``{"residence_division": {"depth": "prefecture"}}`` with one of `tree.LEVELS` (OIDC Core
§5.5.1 lets members be added); the county unless it says so. Where a path is shorter the next wider division is given.
"""

from collections.abc import Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.claims.about import About
from idp.divisions import tree

ITEMS: dict[str, tuple[str, ...]] = {"residence_division": ("residence_division",)}
USUAL = "county"


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the division at the depth asked for; a depth that nobody knows releases the least, the province."""
    code = accounts.residence_of(about.account)
    depth = asked.get("residence_division", {}).get("depth", USUAL)
    if not isinstance(depth, str) or depth not in tree.LEVELS:
        depth = tree.LEVELS[0]
    found = described(code, depth) if code else None
    return {"residence_division": found} if found else {}


def described(code: str, depth: str) -> dict[str, str] | None:
    """Return code, name and level of the division at *depth*; None for a code that is in no list."""
    division = tree.ancestor_at(code, depth)
    if division is None:
        return None
    return {
        "code": division.code,
        "name": tree.full_name(division.code) or division.name,
        "level": division.level,
    }
