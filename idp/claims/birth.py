"""``birthdate`` and ``gender`` (OIDC Core §5.1), asked for by name only: an age is enough for most (age.py)."""

from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.claims.about import About

ITEMS: dict[str, tuple[str, ...]] = {"birthdate": ("birthdate",), "gender": ("gender",)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return both as the identity number has them, while it is proven whose it is; never what somebody typed."""
    del asked
    if not about.has_known_facts(clock.now()):
        return {}
    found = {"birthdate": accounts.birthdate_of(about.account), "gender": accounts.gender_of(about.account)}
    return {claim: value for claim, value in found.items() if value}
