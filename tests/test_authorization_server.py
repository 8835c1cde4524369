"""The order of checks (RFC 6749 §4.1.2.1): an error carries an address only once that address is known to be right."""

from collections.abc import Iterator
from urllib.parse import parse_qsl

import pytest
from authlib.oauth2.rfc6749.errors import OAuth2Error

from idp.authorization_server import SERVER
from tests.provider import Provider
from tests.site import Site


@pytest.fixture
def site(provider: Provider) -> Iterator[Site]:
    made = provider.site()
    with provider.context():
        yield made


def params(site: Site, **changes: str | None) -> dict[str, str]:
    return dict(parse_qsl(site.authorize_url(**changes).partition("?")[2]))


def test_a_good_request_is_understood(site: Site) -> None:
    asked = SERVER.get().authorization_request(
        params(site, scope="openid phone phone unknown", prompt="login")
    )
    assert asked.scope == ("openid", "phone")
    assert (asked.client_id, asked.redirect_uri, asked.prompt) == (site.id, site.redirect_uri, ("login",))
    assert type(asked).from_json(asked.to_json()) == asked


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown", "response_type": "nonsense"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/", "scope": "nonsense"},
        {"redirect_uri": None, "prompt": "nonsense"},
    ],
)
def test_a_strangers_error_has_no_address(site: Site, changes: dict[str, str | None]) -> None:
    with pytest.raises(OAuth2Error) as caught:
        SERVER.get().authorization_request(params(site, **changes))
    assert not caught.value.redirect_uri


@pytest.mark.parametrize(
    "changes", [{"response_type": None}, {"scope": "x"}, {"code_challenge": None}, {"prompt": "x"}]
)
def test_a_known_sites_error_goes_to_its_address(site: Site, changes: dict[str, str | None]) -> None:
    with pytest.raises(OAuth2Error) as caught:
        SERVER.get().authorization_request(params(site, **changes))
    assert caught.value.redirect_uri == site.redirect_uri


def test_a_scope_that_is_not_registered_is_left_out(provider: Provider) -> None:
    """RFC 6749 §3.3."""
    narrow = provider.site(scope="openid phone")
    with provider.context():
        asked = SERVER.get().authorization_request(params(narrow, scope="openid profile phone"))
    assert asked.scope == ("openid", "phone")
