"""Tokens of relying parties themselves: the right scope, nobody's login, not revoked (RFC 6750 §3)."""

import pytest

from idp.db import commit
from idp.relying_parties import registration
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import Client
from tests.site import Site


@pytest.fixture
def site(provider: Provider) -> Site:
    return registered(provider)


def test_without_a_token_the_answer_says_how(site: Site) -> None:
    response = site.app.test_client().get("/ssf/streams", base_url=site.issuer)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="tongxing"'


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é", "x" * 9000])
def test_a_token_that_is_none_is_refused(site: Site, token: str) -> None:
    client = Client(site)
    client.token = token
    status, body = client.ask("GET", "/ssf/streams")
    assert (status, (body or {}).get("error")) == (401, "invalid_token")


def test_to_read_is_not_to_manage(site: Site) -> None:
    reader = Client(site, scope="ssf.read")
    assert reader.ask("GET", "/ssf/streams") == (200, [])
    status, body = reader.ask("POST", "/ssf/streams", {})
    assert (status, body["error"]) == (403, "insufficient_scope")
    nothing = Client(site, scope="")
    assert nothing.ask("GET", "/ssf/streams")[0] == 403


def test_a_scope_that_is_not_registered_is_not_had(provider: Provider) -> None:
    other = registered(provider, scope="openid profile phone offline_access")
    assert other.token(grant_type="client_credentials", scope="ssf.manage").error == "invalid_scope"


def test_a_scope_that_was_taken_from_the_client_is_gone_from_its_tokens(
    provider: Provider, site: Site
) -> None:
    client = Client(site)
    assert client.ask("GET", "/ssf/streams") == (200, [])
    with provider.context():
        registration.update(site.id, {"scope": "openid profile"})
        commit()
    status, body = client.ask("GET", "/ssf/streams")
    assert (status, body["error"]) == (403, "insufficient_scope")


def test_the_token_of_a_login_manages_nothing(provider: Provider, site: Site) -> None:
    """Whoever holds a person's token is no receiver, though the scope is registered."""
    tokens = site.tokens(provider.person(), scope="openid profile ssf.manage")
    client = Client(site)
    client.token = tokens["access_token"]
    status, body = client.ask("POST", "/ssf/streams", {})
    assert (status, body["error"]) == (401, "invalid_token")


def test_a_revoked_token_ends_at_once(site: Site) -> None:
    client = Client(site)
    site.revoke(client.token)
    assert client.ask("GET", "/ssf/streams")[0] == 401


def test_a_removed_client_has_no_streams(provider: Provider, site: Site) -> None:
    client = Client(site)
    with provider.context():
        registration.delete(site.id)
        commit()
    assert client.ask("GET", "/ssf/streams")[0] == 401
