"""``status_endpoint``: enabled, paused, disabled, and what happens to the events meanwhile (SSF 1.0 §8.1.2)."""

import pytest

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
    jtis = list(client.poll(stream)["sets"])
    assert len(jtis) == 2
    assert jtis == sorted(jtis)


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
