"""``authorization_details`` (RFC 9396): which mandate a site needs, by role, item codes and level. Pure.

One type is known: ``urn:tongxing:mandate``. What is asked is checked strictly (§5: unknown types and members are
refused), because ignoring a limit would give more than was asked.
"""

import json
from dataclasses import dataclass
from typing import Any

from idp.assurance import acr

TYPE = "urn:tongxing:mandate"
ROLES = frozenset(
    {"representative", "administrator", "handler", "agency", "guardian", "ward_guardian", "relative"}
)
MEMBERS = frozenset({"type", "roles", "item_codes", "acr"})
MAX_TEXT = 4096
MAX_ENTRIES = 20
MAX_CODE = 64


class InvalidAuthorizationDetails(Exception):
    """The parameter cannot be taken; the text says why, in ASCII."""


@dataclass(frozen=True)
class MandateDetails:
    """The mandate that is needed. Empty ``roles`` and ``item_codes``: any; ``level`` 0: of any level."""

    roles: tuple[str, ...] = ()
    item_codes: tuple[str, ...] = ()
    level: int = 0

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "MandateDetails":
        """Read back what `dataclasses.asdict` gave."""
        return cls(tuple(value["roles"]), tuple(value["item_codes"]), value["level"])


def parse(text: str | None, registered_types: tuple[str, ...]) -> MandateDetails | None:
    """Return the mandate asked for, None when nothing was; raises InvalidAuthorizationDetails."""
    if not text:
        return None
    details = _one_object(text)
    if details.get("type") != TYPE or TYPE not in registered_types:
        raise InvalidAuthorizationDetails("The type is unknown or not registered for this client")
    if not set(details) <= MEMBERS:
        raise InvalidAuthorizationDetails("A member is unknown; there are type, roles, item_codes and acr")
    roles, codes = _texts(details, "roles"), _texts(details, "item_codes")
    if not set(roles) <= ROLES:
        raise InvalidAuthorizationDetails("A role is unknown")
    level = acr.find(named) if isinstance(named := details.get("acr"), str) else None
    if "acr" in details and level is None:
        raise InvalidAuthorizationDetails("acr is not a level")
    return MandateDetails(roles, codes, level or 0)


def _one_object(text: str) -> dict[str, Any]:
    if len(text) > MAX_TEXT:
        raise InvalidAuthorizationDetails("authorization_details is too long")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidAuthorizationDetails("authorization_details is not JSON") from error
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        raise InvalidAuthorizationDetails("authorization_details must be an array of one object")
    found: dict[str, Any] = value[0]
    return found


def _texts(details: dict[str, Any], name: str) -> tuple[str, ...]:
    values = details.get(name, [])
    good = isinstance(values, list) and len(values) <= MAX_ENTRIES
    if not good or not all(
        isinstance(one, str) and 0 < len(one) <= MAX_CODE and one.isascii() for one in values
    ):
        raise InvalidAuthorizationDetails(f"{name} must be a list of at most {MAX_ENTRIES} short texts")
    return tuple(dict.fromkeys(values))
