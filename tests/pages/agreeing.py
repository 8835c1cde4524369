"""A person who agreed to something at a site, by the page."""

from typing import Any

from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered

ITEMS = [
    {"name": "name", "required": True},
    {"name": "phone_number", "required": False},
    {"name": "locale", "required": False},
]


def site(provider: Provider, **metadata: Any) -> Site:
    """A site with optional items."""
    return provider.site(items=ITEMS, **metadata)


def agreed(asking: Site, person: Person, *items: str) -> Visitor:
    """Let the person agree to *items*; gives their browser, logged in."""
    visitor = asking.visitor(language="en")
    visitor.go(asking.authorize_url(scope="openid profile phone"))
    visitor.log_in(person)
    assert visitor.is_at("/consent")
    visitor.send("consent-allow", values={"item": list(items)})
    assert "code" in answered(visitor.location)
    return visitor


def at_consent(site: Site, person: Person, **changes: str) -> Visitor:
    """Bring the person to the page; *changes* of the authorization request."""
    visitor = site.visitor(language="en")
    visitor.go(site.authorize_url(**changes))
    visitor.log_in(person)
    assert visitor.is_at("/consent")
    return visitor


def text_of(visitor: Visitor) -> str:
    """All of the page, on one line."""
    return " ".join(visitor.response.get_data(as_text=True).split())
