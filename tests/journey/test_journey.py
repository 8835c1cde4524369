"""A journey belongs to one browser, and ends."""

from datetime import timedelta

import pytest

from idp import clock
from idp.db import commit
from idp.ephemeral.store import EPHEMERAL
from idp.relying_parties import registration
from tests.asking import known, person, site
from tests.person import Person
from tests.provider import Provider
from tests.site import Site, answered

__all__ = ["known", "person", "site"]

MINUTE = timedelta(minutes=1)


def test_a_journey_belongs_to_its_browser(site: Site, person: Person) -> None:
    """A link to somebody else's journey (login CSRF, session fixation) leads nowhere."""
    visitor, stranger = site.visitor(), site.visitor()
    visitor.go(site.authorize_url())
    journey = visitor.path.partition("journey=")[2]
    for path in (f"/login?journey={journey}", f"/authorize/{journey}", f"/authorize/{journey}/cancel"):
        stranger.open(path)
        assert (stranger.response.status_code, stranger.page.error) == (410, "journey_expired")


@pytest.mark.parametrize("journey", ["x", "x" * 32, "%00" * 32, "é" * 32, "\x01" * 32, "x" * 5000])
def test_an_invented_journey_has_ended(site: Site, journey: str) -> None:
    visitor = site.visitor()
    for path in (f"/login?journey={journey}", f"/authorize/{journey}"):
        assert visitor.open(path).status_code in {404, 410}


def test_a_journey_ends_with_its_answer(site: Site, person: Person) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    journey = visitor.path.partition("journey=")[2]
    visitor.log_in(person)
    if visitor.is_at("/consent"):
        visitor.send("consent-allow")
    assert "code" in answered(visitor.location)
    assert visitor.open(f"/authorize/{journey}").status_code == 410


def test_a_journey_that_nobody_goes_on_with_ends_soon(provider: Provider, site: Site) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    with clock.shifted(14 * MINUTE):
        assert visitor.open(visitor.path).status_code == 200
    with clock.shifted(16 * MINUTE):
        assert visitor.open(visitor.path).status_code == 410


@pytest.mark.parametrize("totp", [False, True])
def test_each_step_of_a_person_gives_the_journey_its_whole_life(
    provider: Provider, site: Site, *, totp: bool
) -> None:
    person, visitor = provider.person(totp=totp), site.visitor()
    visitor.go(site.authorize_url())
    visitor.log_in(person)
    assert visitor.is_at("/consent")
    with clock.shifted(29 * MINUTE):
        assert visitor.open(visitor.path).status_code == 200
        visitor.send("consent-allow")
        assert "code" in answered(visitor.location)


def test_who_turns_back_is_taken_to_the_site(site: Site, person: Person) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    journey = visitor.path.partition("journey=")[2]
    visitor.open(f"/authorize/{journey}/cancel")
    assert answered(visitor.location) == {
        "error": "access_denied",
        "state": site.state,
        "iss": site.issuer,
    }


def test_a_site_that_was_removed_meanwhile_gets_nobody(provider: Provider, person: Person) -> None:
    site = provider.site()
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    with provider.context():
        registration.delete(site.id)
        commit()
    visitor.log_in(person)
    assert (visitor.response.status_code, visitor.page.error) == (400, "invalid_client")


def test_what_the_store_holds_of_a_journey_is_sealed(provider: Provider, site: Site) -> None:
    """Design §4: a phone number in login_hint, and the browser's own secret, are nobody's who reads the store."""
    visitor = site.visitor()
    visitor.go(site.authorize_url(login_hint="+8613800138000"))
    with provider.context():
        kept = EPHEMERAL.get().get(f"journey:{visitor.path.partition('journey=')[2]}")
    assert kept is not None
    assert not [part for part in (b"13800138000", b"device", site.id.encode()) if part in kept]
