"""What the pages that send people to services share: what was asked for, and the address to send them to (domain §6).

The address is the one that the relying party registered; ``target`` is a page of the same site, so that a deep link
survives the login (``target_link_uri``, OpenID Connect Core §4). Anywhere else nobody is sent.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin, urlsplit

from flask import request

from idp import parameters
from idp.errors import InvalidInput
from idp.relying_parties import uri_rules
from idp.relying_parties.served_item import ServedItem
from idp.settings import SETTINGS

ROUTE, SERVICES, PLACE = "/route", "/services", "/services/place"
LONGEST_TARGET = 2000

_ITEM = re.compile(r"[!-~]{1,64}")
_DIVISION = re.compile(r"[1-9][0-9]{5}(?:[0-9]{3}){0,2}")


@dataclass(frozen=True)
class Wanted:
    """Which item somebody wants, where, and which page of the service; empty: not said."""

    item: str
    division: str
    target: str

    def url(self, path: str, **changes: str) -> str:
        """Return *path* with what is wanted, changed."""
        values = {"item": self.item, "division": self.division, "target": self.target} | changes
        return f"{path}?{urlencode({name: value for name, value in values.items() if value})}"


def wanted() -> Wanted:
    """Read what this request asks for; raises InvalidInput with a sentence for whoever made the link."""
    given = parameters.read(request.query_string)
    item, division, target = (given.get(name, "") for name in ("item", "division", "target"))
    if item and not _ITEM.fullmatch(item):
        raise InvalidInput("invalid_link", detail="item is not an item code")
    if division and not _DIVISION.fullmatch(division):
        raise InvalidInput("invalid_link", detail="division is not a division code of 6, 9 or 12 digits")
    if len(target) > LONGEST_TARGET or not target.isprintable():
        raise InvalidInput("invalid_link", detail="target is too long or not an address")
    return Wanted(item, division, target)


def way_to(served: ServedItem, target: str) -> str:
    """Return where to send a person; raises InvalidInput when *target* is not a page of that site."""
    page = _page_of(served.address, target) if target else ""
    if not served.starts_login:
        return page or served.address
    asked = {"iss": SETTINGS.get().issuer} | ({"target_link_uri": page} if page else {})
    return f"{served.address}{'&' if '?' in served.address else '?'}{urlencode(asked)}"


def _page_of(address: str, target: str) -> str:
    """Return *target* as an absolute address on the same origin as *address*."""
    sandbox = SETTINGS.get().sandbox
    try:
        # What browsers read differently than we do (\\host, //host, user@host) is refused, not mended.
        if target.startswith("/") and target[1:2] not in {"/", "\\"}:
            target = urljoin(address, target)
        uri_rules.check_web_address(target.partition("#")[0], sandbox=sandbox)
    except ValueError as error:
        raise InvalidInput("invalid_link", detail=f"target: {error}") from error
    if uri_rules.origin(target) != uri_rules.origin(address):
        raise InvalidInput(
            "invalid_link",
            detail=f"target is not a page of {urlsplit(address).netloc}, which serves this item",
        )
    return target
