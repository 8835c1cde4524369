"""The item ``evidence``: how the name was proven. No claim of its own: it opens ``evidence`` in ``verified_claims``.

That somebody has a bank card, or stood at a window, is told to a site only when the person agreed to that.
"""

from collections.abc import Mapping
from typing import Any

from idp.claims.about import About

ITEM = "evidence"
ITEMS: dict[str, tuple[str, ...]] = {ITEM: ()}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """No claim: see verified_claims.py."""
    del about, asked
    return {}
