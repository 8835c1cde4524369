"""``residence_division``: where a person lives, no narrower than a site needs. Asked for by name only.

The request says how deep: ``{"residence_division": {"depth": "prefecture"}}`` with one of `tree.LEVELS` (OIDC Core
§5.5.1 lets members be added); the county unless it says so. Where a path is shorter the next wider division is given.
Below the county it is the item ``residence_division_detail`` besides, of which there is no claim: who allowed a site
the province has not allowed it the village.
"""

from collections.abc import Collection, Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.claims.about import About
from idp.divisions import tree

CLAIM = "residence_division"
DETAIL = "residence_division_detail"
ITEMS: dict[str, tuple[str, ...]] = {CLAIM: (CLAIM,), DETAIL: ()}
USUAL = "county"
NARROW = frozenset(tree.LEVELS[tree.LEVELS.index(USUAL) + 1 :])


def items(asked: Mapping[str, Mapping[str, Any] | None]) -> frozenset[str]:
    """Return the item of consent that asking for a narrow division falls under, beside the claim's own."""
    return frozenset({DETAIL}) if _depth(asked) in NARROW else frozenset()


def within(
    asked: Mapping[str, Mapping[str, Any]], allowed: Collection[str]
) -> Mapping[str, Mapping[str, Any]]:
    """Return what is *asked*, no narrower than what is *allowed*."""
    if DETAIL in allowed or _depth(asked) not in NARROW:
        return asked
    return {**asked, CLAIM: {**asked[CLAIM], "depth": USUAL}}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the division at the depth asked for; a depth that nobody knows releases the least, the province."""
    code = accounts.residence_of(about.account)
    depth = _depth(asked)
    if depth not in tree.LEVELS:
        depth = tree.LEVELS[0]
    found = described(code, depth) if code else None
    return {CLAIM: found} if found else {}


def _depth(asked: Mapping[str, Mapping[str, Any] | None]) -> str:
    depth = (asked.get(CLAIM) or {}).get("depth", USUAL)
    return depth if isinstance(depth, str) else ""


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
