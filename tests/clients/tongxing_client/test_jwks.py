import base64
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.clients.loopback_provider import ES256, RSA, LoopbackProvider, Reply, json_reply
from tongxing_client import errors, jwks, transport


def _serve(provider: LoopbackProvider, *keys: dict[str, Any]) -> None:
    provider.replies["/jwks"] = lambda _: json_reply({"keys": list(keys)})


def test_a_key_is_found_by_kid_and_algorithm(keys: jwks.KeySet) -> None:
    assert len(keys.find("es", "ES256")) == 1
    assert len(keys.find("rsa", "RS256")) == 1
    assert len(keys.find("rsa", "PS256")) == 1
    assert keys.find("es", "RS256") == []
    assert keys.find("rsa", "ES256") == []


def test_without_kid_only_a_single_key_will_do(provider: LoopbackProvider, keys: jwks.KeySet) -> None:
    assert len(keys.find(None, "ES256")) == 1
    provider.keys.append(ECKey.generate_key("P-256", {"kid": "second"}))
    assert keys.find("second", "ES256")
    assert keys.find(None, "ES256") == []


def test_a_new_key_is_fetched_but_unknown_ones_not_endlessly(
    provider: LoopbackProvider, http: transport.Transport
) -> None:
    patient = jwks.KeySet(http, lambda: f"{provider.issuer}/jwks", renew_seconds=3600)
    for number in range(20):
        assert patient.find(f"unknown-{number}", "ES256") == []
    assert provider.count("/jwks") == 1
    eager = jwks.KeySet(http, lambda: f"{provider.issuer}/jwks", renew_seconds=0)
    assert eager.find("new", "ES256") == []
    provider.keys.append(ECKey.generate_key("P-256", {"kid": "new"}))
    assert len(eager.find("new", "ES256")) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"alg": "ES384"},
        {"crv": "P-384"},
        {"kty": "RSA"},
        {"x": "AAAA"},
        {"x": 7},
        {"y": None},
    ],
)
def test_a_key_for_another_purpose_or_a_broken_one_is_as_good_as_absent(
    provider: LoopbackProvider, keys: jwks.KeySet, change: dict[str, Any]
) -> None:
    _serve(provider, {**ES256.as_dict(private=False), **change})
    assert keys.find("es", "ES256") == []


def test_a_weak_rsa_key_is_not_used(provider: LoopbackProvider, keys: jwks.KeySet) -> None:
    public = RSA.as_dict(private=False)
    weak = {**public, "kid": "weak", "n": base64.urlsafe_b64encode(b"\xff" * 128).decode()}
    _serve(provider, weak, {**public, "kid": "broken", "n": None})
    assert keys.find("weak", "RS256") == []
    assert keys.find("broken", "PS256") == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404),
        json_reply({}),
        json_reply({"keys": {}}),
        json_reply({"keys": ["text"]}),
        json_reply({"keys": [{}] * 101}),
        Reply(200, b"garbage"),
    ],
)
def test_a_broken_key_set_is_a_bad_answer(
    provider: LoopbackProvider, keys: jwks.KeySet, reply: Reply
) -> None:
    provider.replies["/jwks"] = lambda _: reply
    with pytest.raises(errors.BadProviderAnswer):
        keys.find("es", "ES256")
