"""How far a withdrawal has come, as the person is told."""

import pytest

from idp.db import commit
from idp.outbox import signal
from idp.outbox.signal import Signal
from idp.shared_signals import progress, push
from idp.uuid7 import uuid7
from tests.person import Person
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import OWN, Client, Receiver
from tests.shared_signals.test_push import fanned_out, messages
from tests.site import Site

WITHDRAWN = f"{OWN}consent-withdrawn"


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


def withdrawn(provider: Provider, person: Person, site: Site) -> str:
    reference = str(uuid7())
    with provider.context():
        signal.add(
            Signal.CONSENT_WITHDRAWN, person.id, client_id=site.id, items=["name"], reference=reference
        )
        commit()
    return reference


def state(provider: Provider, person: Person, reference: str) -> str:
    with provider.context():
        return progress.of_reference(person.id, reference).state


def test_a_site_that_does_not_listen_is_told_nothing(either: Provider, person: Person) -> None:
    reference = withdrawn(either, person, registered(either))
    assert state(either, person, reference) == "waiting"
    fanned_out(either, person)
    assert state(either, person, reference) == "no_stream"
    with either.context():
        assert progress.of_reference(person.id, reference).at is None
        assert progress.of_reference(uuid7(), reference).state == "no_stream", "nor is it anybody else's"


def test_a_push_is_acknowledged(either: Provider, person: Person, receiver: Receiver) -> None:
    site = registered(either, receiver.url)
    Client(site).make(WITHDRAWN, push_to=receiver.url)
    reference = withdrawn(either, person, site)
    fanned_out(either, person)
    assert state(either, person, reference) == "waiting"
    with either.context():
        push.deliver(messages(either, person)[0])
    assert state(either, person, reference) == "acknowledged"
    with either.context():
        assert progress.of_reference(person.id, reference).at is not None


def test_a_poll_is_delivered_then_acknowledged_and_the_furthest_counts(
    either: Provider, person: Person
) -> None:
    site = registered(either)
    client = Client(site)
    client.make(WITHDRAWN)
    stream = client.make(WITHDRAWN)
    reference = withdrawn(either, person, site)
    fanned_out(either, person)
    (jti,) = client.poll(stream)["sets"]
    assert state(either, person, reference) == "delivered"
    client.poll(stream, ack=[jti])
    assert state(either, person, reference) == "acknowledged"


def test_a_refusal_and_a_stream_that_is_off_are_failures(either: Provider, person: Person) -> None:
    site = registered(either)
    client = Client(site)
    stream = client.make(WITHDRAWN)
    reference = withdrawn(either, person, site)
    fanned_out(either, person)
    (jti,) = client.poll(stream)["sets"]
    client.poll(stream, setErrs={jti: {"err": "invalid_request"}})
    assert state(either, person, reference) == "failed"
    second = withdrawn(either, person, site)
    fanned_out(either, person)
    client.ask("POST", "/ssf/status", {"stream_id": stream["stream_id"], "status": "paused"})
    assert state(either, person, second) == "waiting"
    client.ask("DELETE", f"/ssf/streams?stream_id={stream['stream_id']}")
    assert state(either, person, second) == "failed"
