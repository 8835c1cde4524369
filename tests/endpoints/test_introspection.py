"""Introspection (RFC 7662)."""

import pytest

from tests.person import Person
from tests.provider import ISSUER, Provider
from tests.site import Site, Tokens, decoded


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site()


@pytest.fixture(scope="module")
def tokens(site: Site, provider: Provider) -> Tokens:
    return site.tokens(provider.person())


def test_an_active_access_token_is_described(site: Site, tokens: Tokens) -> None:
    """RFC 7662 §2.2."""
    claims = decoded(tokens["access_token"])[1]
    described = site.introspect(tokens["access_token"])
    assert described.pop("active") is True
    assert described.pop("token_type") == "Bearer"
    assert described == {name: claims[name] for name in described}
    assert {"sub", "client_id", "scope", "exp", "iat", "iss", "aud", "jti"} <= described.keys()


def test_an_active_refresh_token_is_described(site: Site, tokens: Tokens) -> None:
    described = site.introspect(tokens["refresh_token"])
    assert described["active"] is True
    assert described["client_id"] == site.id
    assert described["exp"] > described["iat"]


@pytest.mark.parametrize("hint", ["access_token", "refresh_token", "nonsense", ""])
def test_a_hint_is_only_a_hint(site: Site, tokens: Tokens, hint: str) -> None:
    """RFC 7662 §2.1."""
    for name in ("access_token", "refresh_token"):
        assert site.introspect(tokens[name], token_type_hint=hint)["active"] is True


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "x" * 5000])
def test_anything_else_is_inactive_and_no_more(site: Site, token: str) -> None:
    assert site.introspect(token) == {"active": False}


def test_an_id_token_is_inactive(site: Site, tokens: Tokens) -> None:
    assert site.introspect(tokens["id_token"]) == {"active": False}


def test_somebody_elses_token_is_none_of_ones_business(provider: Provider, tokens: Tokens) -> None:
    """RFC 7662 §4: token scanning."""
    other = provider.site()
    for name in ("access_token", "refresh_token"):
        assert other.introspect(tokens[name]) == {"active": False}


def test_only_a_client_that_proves_itself_may_ask(provider: Provider, tokens: Tokens) -> None:
    """RFC 7662 §2.1."""
    client = provider.app.test_client()
    response = client.post("/introspect", base_url=ISSUER, data={"token": tokens["access_token"]})
    assert response.status_code == 401
    assert client.get("/introspect", base_url=ISSUER).status_code == 405


def test_a_token_must_be_sent(site: Site) -> None:
    assert site.post("/introspect", x="1").json == {
        "error": "invalid_request",
        "error_description": "Missing token",
    }


def test_a_used_refresh_token_is_inactive(site: Site, provider: Provider) -> None:
    person: Person = provider.person()
    first = site.tokens(person)["refresh_token"]
    site.refresh(first)
    assert site.introspect(first) == {"active": False}
