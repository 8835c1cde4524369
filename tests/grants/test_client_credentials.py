"""A token for the relying party itself (RFC 6749 §4.4, RFC 9068 §2.2)."""

import pytest

from tests.provider import Provider
from tests.site import Site, decoded

MACHINE = {"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": []}


@pytest.fixture(scope="module")
def machine(provider: Provider) -> Site:
    return provider.site(**MACHINE)


def test_its_subject_is_the_client_and_it_is_refreshed_by_nothing(machine: Site) -> None:
    tokens = machine.token(grant_type="client_credentials")
    assert tokens.body.keys() == {"access_token", "token_type", "expires_in"}
    header, claims = decoded(tokens["access_token"])
    assert header["typ"] == "at+jwt"
    assert (claims["sub"], claims["client_id"], claims["aud"]) == (machine.id, machine.id, machine.issuer)
    assert not {"scope", "auth_time", "amr", "gid"} & claims.keys()


@pytest.mark.parametrize("scope", ["openid", "profile", "phone", "offline_access", "admin", "openid admin"])
def test_a_scope_about_a_person_or_unknown_is_refused(machine: Site, scope: str) -> None:
    refused = machine.token(grant_type="client_credentials", scope=scope)
    assert (refused.status, refused.error) == (400, "invalid_scope")


def test_it_opens_no_userinfo(machine: Site) -> None:
    token = machine.token(grant_type="client_credentials")["access_token"]
    response = machine.userinfo(token)
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_it_can_be_introspected_and_revoked(either: Provider) -> None:
    machine = either.site(**MACHINE)
    token = machine.token(grant_type="client_credentials")["access_token"]
    assert machine.introspect(token)["active"] is True
    assert machine.revoke(token).status_code == 200
    assert machine.introspect(token) == {"active": False}
    assert (
        machine.introspect(machine.token(grant_type="client_credentials")["access_token"])["active"] is True
    )


def test_a_client_without_this_grant_is_refused(provider: Provider) -> None:
    assert provider.site().token(grant_type="client_credentials").error == "unauthorized_client"
