"""Scope ``profile`` (OIDC Core §5.4): the name to address a person by, and the language they chose.

No ``preferred_username``: it would be one identifier at every site and undo pairwise subjects. Birthday and gender
are asked for by name (birth.py): few sites need them.
"""

from collections.abc import Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.claims.about import About

SCOPE = "profile"
ITEMS: dict[str, tuple[str, ...]] = {"name": ("name",), "locale": ("locale",)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return name and locale (BCP 47) where known: the language is that of the person who reads."""
    del asked
    found = {"name": accounts.name_of(about.account), "locale": (about.person.locale or "").replace("_", "-")}
    return {claim: value for claim, value in found.items() if value}
