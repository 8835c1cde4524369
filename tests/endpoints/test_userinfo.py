"""Userinfo (OIDC Core §5.3, RFC 6750)."""

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from idp import clock
from tests.asking import person, site
from tests.journey.levels import L1, P3
from tests.person import Person
from tests.provider import ISSUER, Provider
from tests.site import Site, Tokens, decoded

__all__ = ["person", "site"]

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def tokens(site: Site, person: Person) -> Tokens:
    return site.tokens(person)


def ask(site: Site, method: str = "GET", token: str | None = None, **options: Any) -> TestResponse:
    headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
    return site.app.test_client().open(
        "/userinfo", base_url=ISSUER, method=method, headers=headers, **options
    )


def test_the_claims_of_the_granted_scopes_are_released(site: Site, person: Person, tokens: Tokens) -> None:
    """OIDC Core §5.4."""
    response = ask(site, token=tokens["access_token"])
    assert response.content_type == "application/json"
    assert response.headers["Cache-Control"] == "no-store"
    body = dict(response.json or {})
    assert isinstance(body.pop("sub"), str)
    assert body == {
        "name": person.name,
        "locale": "zh-Hans",
        "phone_number": person.phone,
        "phone_number_verified": True,
    }


def test_the_token_comes_by_header_or_form(site: Site, tokens: Tokens) -> None:
    """RFC 6750 §2.1, §2.2; OIDC Core §5.3.1: GET and POST."""
    token = tokens["access_token"]
    by_get = ask(site, token=token)
    by_post = ask(site, "POST", token)
    by_form = ask(site, "POST", data={"access_token": token})
    assert by_get.json == by_post.json == by_form.json
    assert {by_get.status_code, by_post.status_code, by_form.status_code} == {200}


def test_two_ways_at_once_are_refused(site: Site, tokens: Tokens) -> None:
    """RFC 6750 §2."""
    token = tokens["access_token"]
    response = ask(site, "POST", token, data={"access_token": token})
    assert response.status_code == 400
    assert 'error="invalid_request"' in response.headers["WWW-Authenticate"]


def test_never_in_the_address(site: Site, tokens: Tokens) -> None:
    """RFC 9700 §4.3.2."""
    assert ask(site, query_string={"access_token": tokens["access_token"]}).status_code == 401


def test_without_a_token_one_is_only_told_how(site: Site) -> None:
    """RFC 6750 §3.1: no error code without credentials."""
    for response in (
        ask(site),
        ask(site, "POST"),
        ask(site, "POST", data=b"{}", content_type="application/json"),
    ):
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="tongxing"'


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 9000])
def test_what_is_no_token_is_refused(site: Site, token: str) -> None:
    response = ask(site, "POST", data={"access_token": token or "."})
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert ask(site, token=token.encode().decode("latin-1")).status_code == 401


def test_an_id_or_refresh_token_opens_nothing(site: Site, tokens: Tokens) -> None:
    for name in ("id_token", "refresh_token"):
        assert ask(site, token=tokens[name]).status_code == 401


def test_the_scope_openid_is_needed(site: Site, person: Person) -> None:
    narrow = site.refresh(site.tokens(person)["refresh_token"], scope="profile")
    response = ask(site, token=narrow["access_token"])
    assert response.status_code == 403
    assert 'error="insufficient_scope"' in response.headers["WWW-Authenticate"]


def test_only_what_the_person_allowed_is_released(provider: Provider, site: Site) -> None:
    """PIPL art. 14, 16: an optional item that was unticked."""
    person = provider.person()
    visitor = site.visitor()
    visitor.go(site.authorize_url())
    visitor.log_in(person)
    assert set(visitor.page.forms[-1].items) == {"name", "locale", "phone_number"}
    visitor.send("consent-allow", values={"item": ["locale"]})
    code = visitor.location.partition("code=")[2].partition("&")[0]
    claims = site.claims(site.redeem(code)["access_token"])
    assert claims.keys() == {"sub", "name", "locale"}


def test_any_origin_may_ask_with_a_token(site: Site) -> None:
    """Fetch §3.2."""
    preflight = ask(site, "OPTIONS")
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    refused = ask(site)
    assert refused.headers["Access-Control-Allow-Origin"] == "*"
    assert "WWW-Authenticate" in refused.headers["Access-Control-Expose-Headers"]


def test_an_expired_token_is_refused(site: Site, tokens: Tokens) -> None:
    with clock.shifted(timedelta(minutes=6)):
        assert ask(site, token=tokens["access_token"]).status_code == 401


def test_a_site_that_asks_for_less_than_the_floor_gets_what_the_session_allows(provider: Provider) -> None:
    """The acr names the first value asked for; the floor is about the session (docs/levels.md, rules 3 and 6)."""
    names = ("name", "identity_number")
    site = provider.site(items=[{"name": name, "required": True} for name in names])
    person = provider.person(evidence=P3, totp=True)
    asks: dict[str, Any] = {"acr_values": L1, "claims": {"userinfo": {"identity_number": None}}}
    tokens = site.tokens(person, scope="openid profile", **asks)
    assert decoded(tokens.body["id_token"])[1]["acr"] == L1
    assert site.userinfo(tokens["access_token"]).status_code == 200
