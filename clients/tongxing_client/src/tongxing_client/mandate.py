"""Acting for another 代办: ask for the mandate a page needs, and read what was granted (RFC 9396, RFC 8693 §4.1).

The provider shows the person for whom they may act; the site learns the outcome: ``sub`` is the one who is acted
for, ``act`` the person at the keyboard, ``authorization_details`` role and items of the mandate.
"""

from collections.abc import Mapping, Sequence
from typing import Any

TYPE = "urn:tongxing:mandate"


def details(
    *, item_codes: Sequence[str] = (), roles: Sequence[str] = (), acr: str | None = None
) -> dict[str, Any]:
    """The authorization detail that asks for a mandate; what is left out may be anything."""
    wanted = {"type": TYPE, "item_codes": list(item_codes), "roles": list(roles), "acr": acr}
    return {name: value for name, value in wanted.items() if value}


def find_actor(claims: Mapping[str, Any]) -> str | None:
    """The subject of the person at the keyboard when they act for another, else None."""
    act = claims.get("act")
    sub = act.get("sub") if isinstance(act, Mapping) else None
    return sub if isinstance(sub, str) and sub else None


def covers(granted: Sequence[Mapping[str, Any]], item_code: str) -> bool:
    """Whether a mandate among ``granted`` allows ``item_code``; one without item codes allows all."""
    return any(
        one.get("type") == TYPE and ("item_codes" not in one or item_code in one["item_codes"])
        for one in granted
    )
