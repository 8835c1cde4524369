"""``status_endpoint``: enabled, paused, disabled, and what happens to the events meanwhile (SSF 1.0 §8.1.2)."""

from uuid import UUID

import pytest

from idp import clock
from idp.db import commit
from idp.shared_signals import jti, security_event, status
from idp.shared_signals import stream as streams
from tests.endpoints.test_configuration import DISABLED
from tests.person import Person
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import Client
from tests.shared_signals.test_push import told


@pytest.fixture
def person(provider: Provider) -> Person:
    return provider.person()


@pytest.fixture
def client(provider: Provider, person: Person) -> Client:
    site = registered(provider)
    site.tokens(person)
    return Client(site)


def set_status(client: Client, stream_id: str, status: str, **more: str) -> tuple[int, object]:
    return client.ask("POST", "/ssf/status", {"stream_id": stream_id, "status": status} | more)


def test_the_status_is_told_with_its_reason(client: Client) -> None:
    stream_id = client.make(DISABLED)["stream_id"]
    path = f"/ssf/status?stream_id={stream_id}"
    assert client.ask("GET", path) == (200, {"stream_id": stream_id, "status": "enabled"})
    paused = {"stream_id": stream_id, "status": "paused", "reason": "moving house"}
    assert set_status(client, stream_id, "paused", reason="moving house") == (200, paused)
    assert client.ask("GET", path) == (200, paused)


def test_what_happens_during_a_pause_is_heard_afterwards_in_order(
    provider: Provider, client: Client, person: Person
) -> None:
    stream = client.make(DISABLED)
    told(provider, person)
    set_status(client, stream["stream_id"], "paused")
    told(provider, person)
    assert client.poll(stream) == {"sets": {}, "moreAvailable": False}
    set_status(client, stream["stream_id"], "enabled")
    with provider.context():
        ids = [jti.find_event_id(name) for name in client.poll(stream)["sets"]]
    assert len(ids) == 2
    assert ids == sorted(ids, key=str)


def test_what_is_refused_again_at_once_is_not_tried_again_for_ever(
    provider: Provider, client: Client, person: Person
) -> None:
    stream_id = UUID(client.make(DISABLED)["stream_id"])
    told(provider, person)
    with provider.context():
        (event,) = security_event.of_stream(stream_id, security_event.OPEN)
        began = clock.now()
        # A worker has been quick.
        security_event.settle(event.id, security_event.FAILED, "refused: invalid_request")
        stream = streams.get(str(stream_id), client.site.id)
        assert status.release(stream, began) == 0
        assert status.release(stream, clock.now()) == 1
        commit()


def test_what_happens_while_it_is_off_is_never_heard(
    provider: Provider, client: Client, person: Person
) -> None:
    stream = client.make(DISABLED)
    told(provider, person)
    set_status(client, stream["stream_id"], "disabled")
    told(provider, person)
    set_status(client, stream["stream_id"], "enabled")
    assert client.poll(stream)["sets"] == {}
    told(provider, person)
    assert len(client.poll(stream)["sets"]) == 1


@pytest.mark.parametrize("body", [{"status": "asleep"}, {"status": None}, {"status": ["enabled"]}, {}])
def test_a_status_that_is_none_is_refused(client: Client, body: dict[str, object]) -> None:
    stream_id = client.make(DISABLED)["stream_id"]
    assert client.ask("POST", "/ssf/status", {"stream_id": stream_id} | body)[0] == 400
    one = {"stream_id": stream_id, "status": "paused", "subject": {"format": "iss_sub"}}
    assert client.ask("POST", "/ssf/status", one)[0] == 400
    assert set_status(client, stream_id, "paused", reason=7)[0] == 400  # type: ignore[arg-type]


@pytest.mark.parametrize("reason", ["\x00", "a\u202eb\n", "x" * 500])
def test_a_reason_that_nobody_could_store_or_read_is_made_readable(either: Provider, reason: str) -> None:
    client = Client(registered(either))
    stream_id = client.make(DISABLED)["stream_id"]
    answered, said = set_status(client, stream_id, "paused", reason=reason)
    assert answered == 200
    assert isinstance(said, dict)
    assert str(said.get("reason", "")).isprintable()
