"""Scope ``offline_access`` (OIDC Core §11): the refresh token outlives the login session; an item to consent to."""

from typing import Any

from idp.accounts.account import Account

SCOPE = "offline_access"
ITEMS: dict[str, tuple[str, ...]] = {"offline_access": ()}


def values(account: Account) -> dict[str, Any]:
    """No claim: this scope is a permission."""
    del account
    return {}
