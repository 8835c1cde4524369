"""Which account to go on with (OIDC Core §3.1.2.1 prompt=select_account)."""

import pytest

from tests.person import Person, Visitor
from tests.provider import Provider
from tests.site import Site, answered


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site()


@pytest.fixture
def person(provider: Provider) -> Person:
    return provider.person()


def at_chooser(site: Site, person: Person) -> Visitor:
    visitor = site.visitor()
    site.code(person, visitor)
    visitor.go(site.authorize_url(prompt="select_account"))
    assert visitor.is_at("/choose-account")
    return visitor


def test_the_account_of_this_browser_is_offered(site: Site, person: Person) -> None:
    visitor = at_chooser(site, person)
    assert visitor.page.accounts == [str(person.id)]
    assert person.name in visitor.response.get_data(as_text=True)
    visitor.send(str(person.id), values={"account": str(person.id)})
    assert "code" in answered(visitor.location)


def test_another_account_can_log_in_and_the_first_is_logged_out(
    provider: Provider, site: Site, person: Person
) -> None:
    visitor, other = at_chooser(site, person), provider.person()
    visitor.send("account-another")
    assert visitor.is_at("/login")
    visitor.log_in(other)
    visitor.send("consent-allow")
    claims = site.claims(site.redeem(answered(visitor.location)["code"])["access_token"])
    assert claims["name"] == other.name


def test_who_is_not_signed_in_has_nothing_to_choose(site: Site) -> None:
    visitor = site.visitor()
    visitor.go(site.authorize_url(prompt="select_account"))
    assert visitor.is_at("/login")
    journey = visitor.path.partition("journey=")[2]
    visitor.open(f"/choose-account?journey={journey}")
    assert (visitor.response.status_code, visitor.page.error) == (410, "journey_expired")


def test_somebody_elses_account_cannot_be_chosen(provider: Provider, site: Site, person: Person) -> None:
    visitor = at_chooser(site, person)
    visitor.send(str(person.id), values={"account": str(provider.person().id)})
    assert visitor.is_at("/login")
