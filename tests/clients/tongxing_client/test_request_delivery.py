from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.clients.loopback_provider import LoopbackProvider
from tongxing_client import client_authentication, errors, relying_party
from tongxing_client.request_delivery import PLAIN, RequestDelivery
from tongxing_client.signing_key import SigningKey

MakeParty = Callable[..., relying_party.RelyingParty]
MakeKey = Callable[[str], SigningKey]


@pytest.fixture
def key(provider: LoopbackProvider, new_key: MakeKey) -> SigningKey:
    made = new_key("protocol")
    provider.clients["rp"] = {"method": "private_key_jwt", "jwks": {"keys": [dict(made.public_jwk)]}}
    return made


@pytest.mark.parametrize(
    ("is_signed", "is_pushed", "carried"),
    [
        (True, False, {"client_id", "request"}),
        (False, True, {"client_id", "request_uri"}),
        (True, True, {"client_id", "request_uri"}),
    ],
    ids=["signed", "pushed", "both"],
)
def test_a_login_by_every_way(
    provider: LoopbackProvider,
    make_party: MakeParty,
    key: SigningKey,
    is_signed: bool,
    is_pushed: bool,
    carried: set[str],
) -> None:
    party = make_party(
        client_authentication=client_authentication.PrivateKeyJwt(key),
        delivery=RequestDelivery(key=key if is_signed else None, is_pushed=is_pushed),
    )
    claims = {"userinfo": {"name": {"essential": True}}}
    request, address = party.start_login(max_age=300, acr_values=["urn:tongxing:loa:3"], claims=claims)
    assert {name for name, _ in parse_qsl(urlsplit(address).query)} == carried
    location = httpx.get(address, trust_env=False).headers["Location"]
    (asked,) = provider.codes.values()
    assert (asked["max_age"], asked["acr_values"]) == ("300", "urn:tongxing:loa:3")
    assert asked["claims"].replace(" ", "") == '{"userinfo":{"name":{"essential":true}}}'
    login = party.finish_login(parse_qsl(urlsplit(location).query), request)
    assert login.id_token_claims["aud"] == "rp"


def test_who_is_registered_may_ask_in_the_clear(make_party: MakeParty) -> None:
    _, address = make_party(delivery=PLAIN).start_login()
    assert "scope" in dict(parse_qsl(urlsplit(address).query))


def test_a_site_that_is_not_trusted_hears_it_before_the_browser_leaves(
    provider: LoopbackProvider, make_party: MakeParty, key: SigningKey
) -> None:
    provider.clients.clear()
    party = make_party(
        client_authentication=client_authentication.PrivateKeyJwt(key),
        delivery=RequestDelivery(is_pushed=True),
    )
    with pytest.raises(errors.SiteRefused):
        party.start_login()
