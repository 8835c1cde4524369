"""Persons and requests for the tests of levels: what a citizen of each proofing level has, and the names of levels."""

from typing import Any

from tests.person import Person, Visitor
from tests.site import Site, answered

L0, L1, L2, L3, L4 = (f"urn:tongxing:loa:{level}" for level in range(5))
ASSISTED = "urn:tongxing:loa:assisted"
P1 = ("phone",)
P2 = ("phone", "register")
P3 = ("phone", "register", "operator3", "bank4")
P4 = ("phone", "counter")


def asked(site: Site, visitor: Visitor, **changes: Any) -> dict[str, str]:
    """Ask without a person doing anything; return the answer, empty when a page is shown."""
    visitor.go(site.authorize_url(**changes))
    return answered(visitor.location) if visitor.location else {}


def signed_in(site: Site, person: Person) -> Visitor:
    """Return a browser in which *person* has just logged in at *site*, asking for nothing special."""
    visitor = site.visitor()
    site.code(person, visitor)
    return visitor
