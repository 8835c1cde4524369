from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.loopback_provider import Reply, json_reply
from tests.clients.loopback_transmitter import POLL, PUSH, LoopbackTransmitter
from tongxing_client import errors, event_stream, event_types, relying_party
from tongxing_client.event_stream import Wanted

HERE = "http://localhost:5000/security_events"
EVENTS = (event_types.SESSION_REVOKED, event_types.CONSENT_WITHDRAWN)
WANTED = Wanted(events=EVENTS, push_url=HERE)


@pytest.fixture
def endpoints(
    transmitter: LoopbackTransmitter, party: relying_party.RelyingParty
) -> event_stream.StreamEndpoints:
    return party.event_streams()


def _count(transmitter: LoopbackTransmitter, method: str) -> int:
    asked = transmitter.provider.requests
    return sum(one.path == "/ssf/stream" and one.method == method for one in asked)


def test_a_stream_is_created_once(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    made = endpoints.ensure(WANTED)
    assert endpoints.ensure(WANTED) == made
    (stream,) = transmitter.streams.values()
    assert stream["delivery"] == {"method": PUSH, "endpoint_url": HERE}
    assert made.events_delivered == EVENTS
    assert made.poll_url is None
    assert (_count(transmitter, "POST"), _count(transmitter, "PATCH")) == (1, 0)


def test_a_stream_to_fetch_from_says_where(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    made = endpoints.ensure(Wanted(events=EVENTS, push_url=None, description="county"))
    assert made.poll_url == f"{transmitter.provider.issuer}/ssf/poll"
    assert transmitter.streams[made.stream_id]["delivery"]["method"] == POLL
    assert transmitter.streams[made.stream_id]["description"] == "county"


def test_a_stream_of_another_address_is_left_alone(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    other = endpoints.ensure(Wanted(events=EVENTS, push_url="http://localhost:6000/security_events"))
    made = endpoints.ensure(WANTED)
    assert made.stream_id != other.stream_id
    assert len(transmitter.streams) == 2


def test_a_stream_that_wants_other_events_is_changed(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    made = endpoints.ensure(Wanted(events=EVENTS[:1], push_url=HERE))
    assert endpoints.ensure(WANTED).stream_id == made.stream_id
    assert transmitter.streams[made.stream_id]["events_requested"] == list(EVENTS)


def test_what_the_provider_does_not_know_is_not_asked_for_again_and_again(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    transmitter.stream_changes = {
        "events_supported": [EVENTS[0]],
        "events_requested": [EVENTS[0]],
        "events_delivered": [EVENTS[0]],
    }
    endpoints.ensure(WANTED)
    endpoints.ensure(WANTED)
    assert _count(transmitter, "PATCH") == 0


def test_where_there_may_be_one_only_that_one_is_changed(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    transmitter.most_streams = 1
    before = endpoints.ensure(Wanted(events=EVENTS, push_url=None))
    after = endpoints.ensure(WANTED)
    assert (after.stream_id, after.poll_url) == (before.stream_id, None)
    assert transmitter.streams[after.stream_id]["delivery"]["endpoint_url"] == HERE


def test_of_several_streams_of_others_none_is_taken(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    transmitter.most_streams = 2
    for port in (6000, 6001):
        endpoints.ensure(Wanted(events=EVENTS, push_url=f"http://localhost:{port}/security_events"))
    with pytest.raises(errors.RequestRefused, match="409"):
        endpoints.ensure(WANTED)


def test_a_stream_that_rests_is_woken(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    made = endpoints.ensure(WANTED)
    transmitter.statuses[made.stream_id] = "paused"
    endpoints.ensure(WANTED)
    assert transmitter.statuses[made.stream_id] == "enabled"


def test_the_authorization_we_want_is_agreed(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    made = endpoints.ensure(Wanted(events=EVENTS, push_url=HERE, authorization_header="Bearer x"))
    assert transmitter.streams[made.stream_id]["delivery"]["authorization_header"] == "Bearer x"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example.cn"},
        {"aud": "somebody"},
        {"aud": ["somebody"]},
        {"aud": None},
        {"stream_id": ""},
        {"stream_id": "a/../b?x=1"},
        {"stream_id": 7},
        {"events_delivered": "all"},
    ],
)
def test_an_answer_that_is_not_to_be_believed(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints, changes: dict[str, Any]
) -> None:
    transmitter.stream_changes = changes
    with pytest.raises(errors.BadProviderAnswer):
        endpoints.ensure(WANTED)


def test_an_address_to_fetch_from_must_be_safe(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    made = endpoints.ensure(Wanted(events=EVENTS, push_url=None))
    stolen = {"method": POLL, "endpoint_url": "http://evil.example.cn/"}
    transmitter.streams[made.stream_id]["delivery"] = stolen
    with pytest.raises(errors.BadProviderAnswer, match="fetch"):
        endpoints.ensure(Wanted(events=EVENTS, push_url=None))


@pytest.mark.parametrize(
    "reply",
    [
        lambda: json_reply({"not": "a list"}),
        lambda: json_reply([7]),
        lambda: Reply(200, b"garbage"),
        lambda: json_reply([{}, {"delivery": "x"}, {"delivery": {"method": PUSH}}], 500),
    ],
)
def test_garbage_makes_no_stream(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints, reply: Callable[[], Reply]
) -> None:
    transmitter.provider.replies["/ssf/stream"] = lambda _: reply()
    with pytest.raises(errors.ProviderUnavailable):
        endpoints.ensure(WANTED)


def test_a_refusal_is_told(transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints) -> None:
    transmitter.provider.replies["/ssf/stream"] = lambda _: json_reply({"error": "insufficient_scope"}, 403)
    with pytest.raises(errors.RequestRefused, match="insufficient_scope"):
        endpoints.ensure(WANTED)


def test_a_transmitter_without_status_or_verification(
    transmitter: LoopbackTransmitter, party: relying_party.RelyingParty
) -> None:
    transmitter.configuration_changes = {"status_endpoint": None, "verification_endpoint": None}
    endpoints = party.event_streams()
    made = endpoints.ensure(WANTED)
    assert transmitter.provider.count("/ssf/status") == 0
    with pytest.raises(errors.BadProviderAnswer, match="verification_endpoint"):
        endpoints.ask_for_verification(made.stream_id)


def test_fetched_tokens_must_be_tokens(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints
) -> None:
    transmitter.provider.replies["/ssf/poll"] = lambda _: json_reply({"sets": {"j": 7}})
    with pytest.raises(errors.BadProviderAnswer, match="sets"):
        endpoints.fetch_events(f"{transmitter.provider.issuer}/ssf/poll", [], {})


@pytest.mark.parametrize("garbage", [{"events_requested": "all"}, {"delivery": {"method": PUSH}}])
def test_a_stream_that_cannot_be_read_is_written_anew(
    transmitter: LoopbackTransmitter, endpoints: event_stream.StreamEndpoints, garbage: dict[str, Any]
) -> None:
    transmitter.most_streams = 1
    made = endpoints.ensure(WANTED)
    transmitter.streams[made.stream_id] |= garbage
    assert endpoints.ensure(WANTED) == made
    assert transmitter.streams[made.stream_id]["events_requested"] == list(EVENTS)
    assert transmitter.streams[made.stream_id]["delivery"]["endpoint_url"] == HERE
