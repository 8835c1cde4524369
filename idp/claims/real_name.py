"""Scope ``real_name`` 实名: the name as a register or a document proved it, while the proof holds."""

from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.claims.about import About

SCOPE = "real_name"
ITEMS: dict[str, tuple[str, ...]] = {"real_name": ("real_name",)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the name of a natural person whose proofing reaches P2, else nothing."""
    del asked
    natural = about.account.kind == accounts.CITIZEN
    name = accounts.name_of(about.account) if natural and about.has_proven_name(clock.now()) else ""
    return {"real_name": name} if name else {}
