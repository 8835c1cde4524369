from typing import Any

import pytest

from tests.clients.loopback_provider import LoopbackProvider, Reply, json_reply
from tongxing_client import discovery, errors, transport

PATH = "/.well-known/openid-configuration"


def test_the_document_is_read(provider: LoopbackProvider, http: transport.Transport) -> None:
    found = discovery.fetch(http, provider.issuer)
    assert found.issuer == provider.issuer
    assert found.token_endpoint == f"{provider.issuer}/token"
    assert found.sends_iss
    assert found.document["response_types_supported"] == ["code"]


def test_an_issuer_with_a_path_keeps_it(provider: LoopbackProvider, http: transport.Transport) -> None:
    issuer = f"{provider.issuer}/zj/"
    provider.replies[f"/zj{PATH}"] = lambda _: json_reply({**provider.metadata(), "issuer": issuer})
    assert discovery.fetch(http, issuer).issuer == issuer


@pytest.mark.parametrize("suffix", ["/", "x", "?a=b"])
def test_another_issuer_is_refused_even_by_one_character(
    provider: LoopbackProvider, http: transport.Transport, suffix: str
) -> None:
    provider.metadata_changes["issuer"] = provider.issuer + suffix
    with pytest.raises(errors.BadProviderAnswer, match="issuer"):
        discovery.fetch(http, provider.issuer)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("token_endpoint", None),
        ("token_endpoint", "http://id.example.cn/token"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("jwks_uri", ["https://id.example.cn"]),
        ("userinfo_endpoint", "http://id.example.cn"),
        ("end_session_endpoint", ""),
        ("response_types_supported", ["id_token"]),
        ("response_types_supported", None),
        ("code_challenge_methods_supported", ["plain"]),
    ],
)
def test_a_broken_member_is_named(
    provider: LoopbackProvider, http: transport.Transport, member: str, value: Any
) -> None:
    provider.metadata_changes[member] = value
    with pytest.raises(errors.BadProviderAnswer, match=member):
        discovery.fetch(http, provider.issuer)


def test_optional_members_may_be_missing(provider: LoopbackProvider) -> None:
    document = provider.metadata()
    for member in ("userinfo_endpoint", "end_session_endpoint", "code_challenge_methods_supported"):
        del document[member]
    document["authorization_response_iss_parameter_supported"] = "yes"
    found = discovery.parse(document, provider.issuer)
    assert (found.userinfo_endpoint, found.end_session_endpoint, found.sends_iss) == (None, None, False)


@pytest.mark.parametrize("reply", [Reply(404), Reply(200, b"not json"), Reply(200, b"[]")])
def test_no_document_is_a_bad_answer(
    provider: LoopbackProvider, http: transport.Transport, reply: Reply
) -> None:
    provider.replies[PATH] = lambda _: reply
    with pytest.raises(errors.BadProviderAnswer):
        discovery.fetch(http, provider.issuer)
