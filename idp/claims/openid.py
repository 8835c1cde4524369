"""Scope ``openid`` (OIDC Core §3.1.2.1): that this is an OpenID request at all; it releases only the subject."""

from collections.abc import Mapping
from typing import Any

from idp.claims.about import About

SCOPE = "openid"
ITEMS: dict[str, tuple[str, ...]] = {}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Nothing beside the subject, which every answer carries."""
    del about, asked
    return {}
