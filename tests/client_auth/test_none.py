"""Public clients (RFC 6749 §3.2.1)."""

import pytest

from tests.person import Person
from tests.provider import Provider
from tests.site import SECRET, Site


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site(token_endpoint_auth_method="none", client_secret=None)


@pytest.fixture(scope="module")
def person(provider: Provider) -> Person:
    return provider.person()


def test_its_id_is_enough_where_pkce_protects_the_code(site: Site, person: Person) -> None:
    tokens = site.tokens(person)
    assert site.refresh(tokens["refresh_token"]).status == 200


def test_it_must_say_its_id(site: Site, person: Person) -> None:
    assert site.redeem(site.code(person), client_id=None).error == "invalid_client"


def test_it_may_revoke_but_not_introspect(site: Site, person: Person) -> None:
    """RFC 7009 §5, RFC 7662 §2.1."""
    tokens = site.tokens(person)
    assert site.introspect(tokens["access_token"])["error"] == "invalid_client"
    assert site.revoke(tokens["refresh_token"]).status_code == 200
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"


def test_who_has_a_secret_cannot_leave_it_out(provider: Provider, person: Person) -> None:
    site = provider.site(token_endpoint_auth_method="client_secret_post")
    refused = site.redeem(site.code(person), client_secret=None)
    assert (refused.status, refused.error) == (401, "invalid_client")


def test_a_secret_it_does_not_have_does_not_help(site: Site, person: Person) -> None:
    assert site.redeem(site.code(person), client_secret=SECRET).error == "invalid_client"
