"""Access tokens (RFC 9068)."""

from datetime import timedelta

import pytest

from idp import clock
from idp.keys.keyring import KEYRING
from idp.tokens import access_token
from idp.tokens.access_token import AccessToken
from tests.person import Person
from tests.provider import Provider
from tests.site import decoded


@pytest.fixture(scope="module")
def person(provider: Provider) -> Person:
    return provider.person()


def test_it_is_typed_and_complete(provider: Provider, person: Person) -> None:
    """RFC 9068 §2.1, §2.2."""
    site = provider.site(id_token_signed_response_alg="RS256")
    header, claims = decoded(site.tokens(person)["access_token"])
    assert (header["typ"], header["alg"]) == ("at+jwt", "ES256")
    assert {
        "iss",
        "exp",
        "aud",
        "sub",
        "client_id",
        "iat",
        "jti",
        "scope",
        "auth_time",
        "amr",
    } <= claims.keys()
    assert (claims["iss"], claims["aud"], claims["client_id"]) == (site.issuer, site.issuer, site.id)
    assert claims["scope"] == "openid profile phone"
    assert claims["exp"] - claims["iat"] == 300
    assert not {"name", "phone_number", "nonce", "sid"} & claims.keys()


def test_each_has_an_id_of_its_own(provider: Provider, person: Person) -> None:
    site = provider.site()
    first = site.tokens(person)
    second = site.refresh(first["refresh_token"])
    jtis = {decoded(tokens["access_token"])[1]["jti"] for tokens in (first, second)}
    assert len(jtis) == 2


def test_it_ends_on_time(provider: Provider, person: Person) -> None:
    site = provider.site()
    token = site.tokens(person)["access_token"]
    with clock.shifted(timedelta(seconds=290)):
        assert site.userinfo(token).status_code == 200
    with clock.shifted(timedelta(seconds=301)):
        assert site.userinfo(token).status_code == 401
        assert site.introspect(token) == {"active": False}


def test_other_kinds_and_other_issuers_are_no_access_tokens(provider: Provider, person: Person) -> None:
    tokens = provider.site().tokens(person)
    with provider.context():
        assert access_token.find(tokens["access_token"]) is not None
        assert access_token.find(tokens["id_token"]) is None
        ring = KEYRING.get()
        claims = decoded(tokens["access_token"])[1]
        assert access_token.find(ring.sign(claims | {"iss": "https://other.example"}, typ="at+jwt")) is None
        assert access_token.find(ring.sign({}, typ="at+jwt")) is None


def test_its_audience_is_a_list_whatever_its_form() -> None:
    """RFC 7519 §4.1.3."""
    assert AccessToken({"aud": "one"}).audience == ["one"]
    assert AccessToken({"aud": ["one", "two"]}).audience == ["one", "two"]
    assert AccessToken({}).audience == []


def test_one_token_can_be_revoked_alone(either: Provider) -> None:
    site = either.site()
    first = site.tokens(either.person())
    second = site.refresh(first["refresh_token"])
    site.revoke(first["access_token"])
    assert site.userinfo(first["access_token"]).status_code == 401
    assert site.userinfo(second["access_token"]).status_code == 200
