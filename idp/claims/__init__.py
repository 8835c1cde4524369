"""Claims: what a relying party can be told about a person, grouped by scope and by item of consent.

One file per scope, and one per group of claims that are asked for one by one (`claims` parameter), so that no scope
carries what few sites need. Owns names and values of claims; does not decide whether they may be released
(`idp.consent`).
One more scope: a module like its siblings with SCOPE, ITEMS and `values`, added to ALL; without a scope: to SINGLE.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from idp.claims import (
    acting,
    age,
    authority,
    birth,
    division,
    enterprise,
    evidence,
    identity_number,
    legacy_id,
    offline_access,
    openid,
    phone,
    profile,
    real_name,
    recognition,
    residence_division,
)
from idp.claims.about import About


class Group(Protocol):
    """What each module of claims offers."""

    ITEMS: dict[str, tuple[str, ...]]

    def values(self, about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return the claims of this group that are known; absent ones are left out, never null.

        *asked*: the conditions of claims that were asked for by name.
        """


class Scope(Group, Protocol):
    """A group that has a scope's name."""

    SCOPE: str


ALL: tuple[Scope, ...] = (openid, profile, phone, real_name, enterprise, division, legacy_id, offline_access)
SINGLE: tuple[Group, ...] = (
    birth,
    age,
    identity_number,
    residence_division,
    recognition,
    acting,
    authority,
    evidence,
)
GROUPS: tuple[Group, ...] = (*ALL, *SINGLE)

SCOPES = tuple(module.SCOPE for module in ALL)
ITEMS: dict[str, tuple[str, ...]] = {
    item: claims for module in GROUPS for item, claims in module.ITEMS.items()
}
ITEM_OF_CLAIM = {claim: item for item, claims in ITEMS.items() for claim in claims}
# Asked for as an act of its own (PIPL art. 29), and marked on the page.
SENSITIVE = frozenset({*identity_number.SENSITIVE})
# Only ever inside verified_claims.
NEVER_PLAIN = frozenset({*authority.ITEMS[authority.ITEM]})
SUPPORTED = (
    *("sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "sid"),
    *("amr", "acr", "ial", "aal", "fal", "act"),
    *(claim for claim in ITEM_OF_CLAIM if claim not in NEVER_PLAIN),
    "verified_claims",
)


def scopes_of(items: Collection[str]) -> frozenset[str]:
    """Return the scopes that these items belong to, however they were asked for."""
    return frozenset(module.SCOPE for module in ALL if not module.ITEMS.keys().isdisjoint(items))
