"""Scope ``offline_access`` (OIDC Core §11): the refresh token outlives the login session; an item to consent to."""

from collections.abc import Mapping
from typing import Any

from idp.claims.about import About

SCOPE = "offline_access"
ITEMS: dict[str, tuple[str, ...]] = {"offline_access": ()}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """No claim: this scope is a permission."""
    del about, asked
    return {}
