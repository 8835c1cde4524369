"""``verification_endpoint``: the event comes back with the state, and not as often as one likes (SSF 1.0 §8.1.4)."""

import pytest

from idp.shared_signals import verification
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import Client

VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"


@pytest.fixture
def client(provider: Provider) -> Client:
    return Client(registered(provider))


def test_the_state_comes_back(client: Client) -> None:
    stream = client.make()
    body = {"stream_id": stream["stream_id"], "state": "中文 state"}
    assert client.ask("POST", "/ssf/verification", body) == (204, None)
    (token,) = client.poll(stream)["sets"].values()
    claims = client.checked(token)
    assert claims["sub_id"] == {"format": "opaque", "id": stream["stream_id"]}
    assert claims["events"] == {VERIFICATION: {"state": "中文 state"}}


def test_without_a_state_there_is_none(client: Client) -> None:
    stream = client.make()
    client.ask("POST", "/ssf/verification", {"stream_id": stream["stream_id"]})
    (token,) = client.poll(stream)["sets"].values()
    assert client.checked(token)["events"] == {VERIFICATION: {}}


@pytest.mark.parametrize("state", [7, ["x"], {}, "x" * 1001, "\ud800", "a\udfff"])
def test_a_state_that_is_none_is_refused(client: Client, state: object) -> None:
    stream_id = client.make()["stream_id"]
    assert client.ask("POST", "/ssf/verification", {"stream_id": stream_id, "state": state})[0] == 400


def test_too_many_are_refused(client: Client) -> None:
    stream_id = client.make()["stream_id"]
    answers = [
        client.ask("POST", "/ssf/verification", {"stream_id": stream_id})[0]
        for _ in range(verification.BORNE + 1)
    ]
    assert answers == [204] * verification.BORNE + [429]
