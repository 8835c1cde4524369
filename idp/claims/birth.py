"""``birthdate`` and ``gender`` (OIDC Core §5.1), asked for by name only: an age is enough for most (age.py)."""

from collections.abc import Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.claims.about import About

ITEMS: dict[str, tuple[str, ...]] = {"birthdate": ("birthdate",), "gender": ("gender",)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is known; from the identity number once one is proven."""
    del asked
    found = {"birthdate": accounts.birthdate_of(about.account), "gender": accounts.gender_of(about.account)}
    return {claim: value for claim, value in found.items() if value}
