"""Scope ``phone`` (OIDC Core §5.4): the phone number in E.164; it was verified by a code when it was added."""

from collections.abc import Mapping
from typing import Any

from idp.accounts import account as accounts
from idp.claims.about import About

SCOPE = "phone"
ITEMS: dict[str, tuple[str, ...]] = {"phone_number": ("phone_number", "phone_number_verified")}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the number and that it is verified, or nothing."""
    del asked
    number = accounts.phone_of(about.account)
    return {"phone_number": number, "phone_number_verified": True} if number else {}
