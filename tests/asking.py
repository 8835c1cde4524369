"""A site that asks, somebody who is logged in there, and what comes back: for tests of requests and answers."""

from typing import Any

import pytest

from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    """A confidential site that asks for consent."""
    return provider.site()


@pytest.fixture(scope="module")
def person(provider: Provider) -> Person:
    """Somebody with a password only."""
    return provider.person()


@pytest.fixture(scope="module")
def known(site: Site, person: Person) -> Visitor:
    """A browser in which *person* is logged in and has agreed at *site*."""
    visitor = site.visitor()
    site.code(person, visitor)
    return visitor


def asked(site: Site, visitor: Visitor, **changes: Any) -> dict[str, str]:
    """Ask, without following; return the answer at the redirect URI."""
    visitor.open(site.authorize_url(**changes))
    assert visitor.location.startswith(site.redirect_uri), (visitor.location, visitor.page.error)
    return answered(visitor.location)
