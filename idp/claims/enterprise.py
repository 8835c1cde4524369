"""Scope ``enterprise`` 法人: which organisation the session acts as. Nothing when a person acts as themselves."""

from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.claims.about import About

SCOPE = "enterprise"
ITEMS: dict[str, tuple[str, ...]] = {"enterprise": ("enterprise_name", "enterprise_uscc")}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return name and unified social credit code, once the register confirmed them (P2)."""
    del asked
    if about.account.kind != accounts.ENTERPRISE or not about.is_proven(clock.now()):
        return {}
    held = identity.of(about.account)
    found = {
        "enterprise_name": accounts.name_of(about.account),
        "enterprise_uscc": held.number if held else "",
    }
    return {claim: value for claim, value in found.items() if value}
