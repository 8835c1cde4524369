"""Scope ``profile`` (OIDC Core §5.4): the name to address a person by, and the language they chose.

No ``preferred_username``: it would be one identifier at every site and undo pairwise subjects.
"""

from typing import Any

from idp.accounts import account as accounts
from idp.accounts.account import Account

SCOPE = "profile"
ITEMS: dict[str, tuple[str, ...]] = {"name": ("name",), "locale": ("locale",)}


def values(account: Account) -> dict[str, Any]:
    """Return name and locale (BCP 47) where known."""
    found = {"name": accounts.name_of(account), "locale": (account.locale or "").replace("_", "-")}
    return {claim: value for claim, value in found.items() if value}
