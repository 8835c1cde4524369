from typing import Any

import pytest

from tests.clients.loopback_provider import LoopbackProvider, Reply, json_reply
from tongxing_client import errors, relying_party


def test_client_credentials_give_a_token(
    provider: LoopbackProvider, party: relying_party.RelyingParty
) -> None:
    assert party.client_credentials("api").access_token
    assert provider.requests[-1].form == {"grant_type": "client_credentials", "scope": "api"}
    party.client_credentials()
    assert provider.requests[-1].form == {"grant_type": "client_credentials"}


def test_a_refused_request_says_why(provider: LoopbackProvider, party: relying_party.RelyingParty) -> None:
    provider.clients["rp"]["secret"] = "changed"
    with pytest.raises(errors.TokenRefused) as raised:
        party.client_credentials()
    assert raised.value.error == "invalid_client"


def test_a_spent_refresh_token_is_an_invalid_grant(party: relying_party.RelyingParty) -> None:
    with pytest.raises(errors.InvalidGrant, match="spent"):
        party.refresh("spent", {})


@pytest.mark.parametrize(
    "content",
    [
        {"token_type": "mac"},
        {"token_type": None},
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": "x" * 70_000},
        {"access_token": "a\r\nX-Evil: 1"},
        {"access_token": "令牌"},
        {"expires_in": "300"},
        {"expires_in": True},
        {"refresh_token": []},
        {"id_token": {}},
        {"scope": 1},
    ],
)
def test_an_answer_out_of_shape_is_bad(
    provider: LoopbackProvider, party: relying_party.RelyingParty, content: dict[str, Any]
) -> None:
    good = {"access_token": "a", "token_type": "bearer", "expires_in": 300}
    provider.replies["/token"] = lambda _: json_reply({**good, **content})
    with pytest.raises(errors.BadProviderAnswer, match="token"):
        party.client_credentials()


@pytest.mark.parametrize("reply", [Reply(200, b"<html>"), Reply(400, b"{}"), Reply(401, b'{"error": 7}')])
def test_garbage_is_bad(provider: LoopbackProvider, party: relying_party.RelyingParty, reply: Reply) -> None:
    provider.replies["/token"] = lambda _: reply
    with pytest.raises(errors.BadProviderAnswer):
        party.client_credentials()


def test_a_minimal_answer_is_enough(provider: LoopbackProvider, party: relying_party.RelyingParty) -> None:
    provider.replies["/token"] = lambda _: json_reply({"access_token": "a", "token_type": "BEARER"})
    answer = party.client_credentials()
    assert (answer.expires_in, answer.refresh_token, answer.id_token, answer.scope) == (None,) * 4
