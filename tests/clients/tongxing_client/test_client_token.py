from collections.abc import Callable

import pytest

from tests.clients.loopback_provider import Clock, LoopbackProvider, Reply, Request, json_reply
from tongxing_client import client_token, errors, relying_party, token, transport


def _answer(number: int, expires_in: float | None = 300) -> token.TokenAnswer:
    return token.TokenAnswer(
        access_token=f"at-{number}", expires_in=expires_in, refresh_token=None, id_token=None, scope=None
    )


class Source:
    """Where tokens come from."""

    def __init__(self, expires_in: float | None = 300) -> None:
        self.count = 0
        self.expires_in = expires_in

    def fetch(self) -> token.TokenAnswer:
        self.count += 1
        return _answer(self.count, self.expires_in)


@pytest.mark.parametrize(("expires_in", "life"), [(300, 270), (None, 30), (1, 5)])
def test_a_token_is_kept_until_shortly_before_its_end(
    clock: Clock, expires_in: float | None, life: float
) -> None:
    source = Source(expires_in)
    own = client_token.ClientToken(source.fetch, now=clock.now)
    assert (own.get(), own.get()) == ("at-1", "at-1")
    clock.time += life - 1
    assert own.get() == "at-1"
    clock.time += 1
    assert own.get() == "at-2"
    own.forget()
    assert own.get() == "at-3"


def _own(party: relying_party.RelyingParty) -> client_token.ClientToken:
    return client_token.ClientToken(lambda: party.client_credentials("ssf.read"))


def test_a_token_that_ended_early_is_replaced_once(
    provider: LoopbackProvider, party: relying_party.RelyingParty, http: transport.Transport
) -> None:
    used: list[str] = []

    def answer(request: Request) -> Reply:
        used.append(request.headers["Authorization"])
        return json_reply({}, 401 if len(used) == 1 else 200)

    provider.replies["/x"] = answer
    assert client_token.send(http, _own(party), "GET", f"{provider.issuer}/x").status == 200
    assert len(set(used)) == 2


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (lambda _: json_reply({"error": "invalid_token"}, 401), "invalid_token"),
        (lambda _: json_reply({"error": 7}, 403), ""),
        (lambda _: Reply(404, b"not json"), ""),
    ],
)
def test_a_refusal_is_told_with_its_status(
    provider: LoopbackProvider,
    party: relying_party.RelyingParty,
    http: transport.Transport,
    reply: Callable[[Request], Reply],
    error: str,
) -> None:
    provider.replies["/x"] = reply
    with pytest.raises(errors.RequestRefused) as raised:
        client_token.send(http, _own(party), "POST", f"{provider.issuer}/x?secret=1", {"a": 1})
    assert raised.value.http_status == reply(Request("", "", {}, {}, {})).status
    assert raised.value.error == error
    assert "secret" not in str(raised.value)


def test_a_provider_out_of_reach_is_no_refusal(
    provider: LoopbackProvider, party: relying_party.RelyingParty, http: transport.Transport
) -> None:
    provider.replies["/x"] = lambda _: Reply(503)
    with pytest.raises(errors.ProviderUnavailable):
        client_token.send(http, _own(party), "GET", f"{provider.issuer}/x")
