"""Id and secret in the form (RFC 6749 §2.3.1)."""

import pytest

from tests.provider import Provider
from tests.site import SECRET, Site

MACHINE = {"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": []}


@pytest.fixture(scope="module")
def site(provider: Provider) -> Site:
    return provider.site(**MACHINE, token_endpoint_auth_method="client_secret_post")


def test_the_right_secret_is_accepted(site: Site) -> None:
    assert site.token(grant_type="client_credentials").status == 200


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], "é" * 40, "x" * 10_000])
def test_a_wrong_secret_is_refused_without_a_challenge(site: Site, secret: str | None) -> None:
    refused = site.token(grant_type="client_credentials", client_secret=secret)
    assert (refused.status, refused.error) == (401, "invalid_client")
    assert "WWW-Authenticate" not in refused.headers


@pytest.mark.parametrize("client_id", [None, "", "unknown", "é", "a" * 10_000])
def test_an_unknown_client_is_refused(site: Site, client_id: str | None) -> None:
    refused = site.token(grant_type="client_credentials", client_id=client_id)
    assert (refused.status, refused.error) == (401, "invalid_client")


def test_who_registered_basic_is_refused(provider: Provider) -> None:
    site = provider.site(**MACHINE)
    response = site.app.test_client().post(
        "/token",
        base_url=site.issuer,
        data={"grant_type": "client_credentials", "client_id": site.id, "client_secret": SECRET},
    )
    assert response.status_code == 401
