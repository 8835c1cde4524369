"""``agent_name``: who sits at the keyboard, when a session acts for an organisation or another person.

``act`` names the person by subject; a service that must write down the handler's name 经办人 asks for this claim.
"""

from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.claims.about import About, oneself

ITEMS: dict[str, tuple[str, ...]] = {"agent_name": ("agent_name",)}


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the proven name of the person who acts for another, else nothing."""
    del asked
    if not about.is_acting or not oneself(about.person).has_proven_name(clock.now()):
        return {}
    return {"agent_name": accounts.name_of(about.person)}
