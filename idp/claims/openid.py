"""Scope ``openid`` (OIDC Core §3.1.2.1): that this is an OpenID request at all; it releases only the subject."""

from typing import Any

from idp.accounts.account import Account

SCOPE = "openid"
ITEMS: dict[str, tuple[str, ...]] = {}


def values(account: Account) -> dict[str, Any]:
    """Nothing beside the subject, which every answer carries."""
    del account
    return {}
