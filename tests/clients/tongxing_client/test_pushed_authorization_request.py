from typing import Any

import pytest

from tests.clients.loopback_provider import LoopbackProvider, json_reply
from tongxing_client import client_authentication, discovery, errors, pushed_authorization_request, transport

ASKED: dict[str, Any] = {"client_id": "rp", "scope": "openid", "max_age": 60, "claims": {"userinfo": {}}}


def push(provider: LoopbackProvider, http: transport.Transport) -> str:
    metadata = discovery.parse(provider.metadata(), provider.issuer)
    authentication = client_authentication.ClientSecretPost("s3cret")
    return pushed_authorization_request.push(http, metadata, "rp", authentication, ASKED)


@pytest.fixture(autouse=True)
def _rp(provider: LoopbackProvider) -> None:
    provider.clients["rp"] = {"method": "client_secret_post", "secret": "s3cret"}


def test_the_provider_keeps_what_is_asked(provider: LoopbackProvider, http: transport.Transport) -> None:
    reference = push(provider, http)
    assert provider.pushed[reference] == {
        "client_id": "rp",
        "client_secret": "s3cret",
        "scope": "openid",
        "max_age": "60",
        "claims": '{"userinfo":{}}',
    }


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_client", errors.SiteRefused),
        ("unauthorized_client", errors.SiteRefused),
        ("invalid_trust_chain", errors.SiteRefused),
        ("invalid_request", errors.AuthorizationRefused),
        ("temporarily_unavailable", errors.ProviderBusy),
    ],
)
def test_a_refusal_is_raised_for_what_it_is(
    provider: LoopbackProvider, http: transport.Transport, error: str, kind: type[errors.AuthorizationRefused]
) -> None:
    provider.replies["/par"] = lambda _: json_reply({"error": error, "error_description": "why"}, 401)
    with pytest.raises(errors.AuthorizationRefused, match=f"{error}: why") as raised:
        push(provider, http)
    assert type(raised.value) is kind


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({}, 201),
        ({"request_uri": 7}, 201),
        ({"request_uri": ""}, 201),
        ({"request_uri": "x" * 3000}, 201),
        ({"request_uri": "urn:x"}, 200),
        ({}, 400),
    ],
)
def test_an_answer_that_is_none_is_bad(
    provider: LoopbackProvider, http: transport.Transport, content: dict[str, Any], status: int
) -> None:
    provider.replies["/par"] = lambda _: json_reply(content, status)
    with pytest.raises(errors.BadProviderAnswer, match="par"):
        push(provider, http)


def test_a_provider_without_it_is_told_apart(provider: LoopbackProvider, http: transport.Transport) -> None:
    provider.metadata_changes["pushed_authorization_request_endpoint"] = "http://elsewhere.cn/par"
    with pytest.raises(errors.BadProviderAnswer, match="pushed_authorization_request_endpoint"):
        push(provider, http)
