"""Revocation (RFC 7009)."""

import pytest

from idp.audit.log import AuditEvent
from idp.db import db
from tests.asking import person, site
from tests.person import Person
from tests.provider import ISSUER, Provider
from tests.site import Site

__all__ = ["person", "site"]


def test_a_refresh_token_takes_its_whole_grant_with_it(either: Provider) -> None:
    """RFC 7009 §2.1."""
    site, person = either.site(), either.person()
    tokens = site.tokens(person)
    assert site.revoke(tokens["refresh_token"]).status_code == 200
    assert site.refresh(tokens["refresh_token"]).error == "invalid_grant"
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.introspect(tokens["access_token"]) == {"active": False}
    with either.context():
        events = db.session.query(AuditEvent).filter_by(account_id=person.id, name="grant.revoked").all()
        assert [event.client_id for event in events] == [site.id]


def test_a_rotated_refresh_token_revokes_too_even_within_its_grace(site: Site, person: Person) -> None:
    """RFC 7009 §2.1: it cannot be used any more after the answer."""
    first = site.tokens(person)
    second = site.refresh(first["refresh_token"])
    assert site.revoke(first["refresh_token"]).status_code == 200
    assert site.refresh(first["refresh_token"]).error == "invalid_grant"
    assert site.refresh(second["refresh_token"]).error == "invalid_grant"


def test_an_access_token_goes_alone(site: Site, person: Person) -> None:
    tokens = site.tokens(person)
    assert site.revoke(tokens["access_token"]).status_code == 200
    assert site.userinfo(tokens["access_token"]).status_code == 401
    assert site.refresh(tokens["refresh_token"]).status == 200


@pytest.mark.parametrize("token", ["x", "é", "x" * 5000])
def test_an_unknown_token_is_no_error(site: Site, token: str) -> None:
    """RFC 7009 §2.2."""
    response = site.revoke(token)
    assert (response.status_code, response.json) == (200, {})


def test_twice_is_no_error(site: Site, person: Person) -> None:
    tokens = site.tokens(person)
    for name in ("access_token", "refresh_token"):
        assert [site.revoke(tokens[name]).status_code for _ in range(2)] == [200, 200]


def test_somebody_elses_token_is_refused_and_lives_on(provider: Provider, site: Site, person: Person) -> None:
    """RFC 7009 §2.1: the token must have been issued to the client."""
    thief = provider.site()
    tokens = site.tokens(person)
    for name in ("access_token", "refresh_token"):
        response = thief.revoke(tokens[name])
        assert (response.status_code, response.json and response.json["error"]) == (400, "invalid_grant")
    assert site.userinfo(tokens["access_token"]).status_code == 200
    assert site.refresh(tokens["refresh_token"]).status == 200


def test_a_token_must_be_sent_and_the_client_known(provider: Provider, site: Site) -> None:
    assert site.post("/revoke", x="1").json == {
        "error": "invalid_request",
        "error_description": "Missing token",
    }
    response = provider.app.test_client().post("/revoke", base_url=ISSUER, data={"token": "x"})
    assert response.status_code == 401


def test_other_methods_are_refused_and_any_origin_may_ask(provider: Provider) -> None:
    client = provider.app.test_client()
    assert client.get("/revoke", base_url=ISSUER).status_code == 405
    assert client.options("/revoke", base_url=ISSUER).headers["Access-Control-Allow-Methods"] == "POST"
