"""Events that are fetched: again and again until they are acknowledged (RFC 8936)."""

import threading
import time
from typing import Any
from uuid import uuid4

import pytest

from idp.db import commit, db
from idp.shared_signals import jti, poll
from idp.shared_signals.security_event import SecurityEvent
from tests.endpoints.test_configuration import DISABLED, REVOKED
from tests.person import Person
from tests.provider import Provider
from tests.shared_signals.conftest import registered
from tests.shared_signals.receiver import Client
from tests.shared_signals.test_push import states, told


@pytest.fixture
def person(either: Provider) -> Person:
    return either.person()


@pytest.fixture
def client(either: Provider, person: Person) -> Client:
    site = registered(either, "https://fund.example.cn/events")
    site.tokens(person)
    return Client(site)


def test_an_event_is_given_until_it_is_acknowledged(either: Provider, client: Client, person: Person) -> None:
    stream = client.make(DISABLED)
    told(either, person)
    first, again = client.poll(stream), client.poll(stream)
    assert unsigned(first) == unsigned(again), "the same statement"
    (name,) = first["sets"]
    assert client.checked(first["sets"][name])["jti"] == name
    assert states(either, person) == [("delivered", "")]
    assert client.poll(stream, ack=[name], maxEvents=0) == {"sets": {}, "moreAvailable": False}
    assert client.poll(stream)["sets"] == {}
    assert states(either, person) == [("acknowledged", "")]


def unsigned(answer: dict[str, Any]) -> dict[str, str]:
    return {jti: token.rsplit(".", 1)[0] for jti, token in answer["sets"].items()}


def test_a_refusal_is_written_down(either: Provider, client: Client, person: Person) -> None:
    stream = client.make(DISABLED)
    told(either, person)
    (name,) = client.poll(stream)["sets"]
    client.poll(stream, setErrs={name: {"err": "invalid_audience", "description": "<b>no</b>"}})
    assert states(either, person) == [("failed", "refused: invalid_audience")]
    client.poll(stream, ack=[name])
    assert states(either, person) == [("acknowledged", "")], "it was heard after all"
    client.poll(stream, setErrs={name: {"err": "invalid_key"}})
    assert states(either, person) == [("acknowledged", "")], "and stays so"


@pytest.mark.parametrize("code", ["invalid_key", "authentication_failed", "access_denied"])
def test_a_refusal_that_another_try_may_mend_is_given_again(
    either: Provider, client: Client, person: Person, code: str
) -> None:
    stream = client.make(DISABLED)
    told(either, person)
    (name,) = client.poll(stream)["sets"]
    client.poll(stream, setErrs={name: {"err": code}})
    assert states(either, person) == [("delivered", f"refused: {code}")]
    assert list(client.poll(stream)["sets"]) == [name]


def test_a_page_says_whether_there_are_more(either: Provider, client: Client, person: Person) -> None:
    stream = client.make(DISABLED)
    for _ in range(3):
        told(either, person)
    first = client.poll(stream, maxEvents=2)
    assert (len(first["sets"]), first["moreAvailable"]) == (2, True)
    rest = client.poll(stream, maxEvents=2, ack=list(first["sets"]))
    assert (len(rest["sets"]), rest["moreAvailable"]) == (1, False)


def test_nobody_acknowledges_what_another_has_to_hear(
    either: Provider, client: Client, person: Person
) -> None:
    stream, other = client.make(DISABLED), Client(registered(either))
    told(either, person)
    (name,) = client.poll(stream)["sets"]
    others = other.make(DISABLED)
    other.poll(others, ack=[name], setErrs={name: {"err": "invalid_request"}})
    assert states(either, person) == [("delivered", "")]
    second = client.make(DISABLED)
    client.poll(second, ack=[name])
    assert states(either, person) == [("delivered", "")], "nor one stream for another"


@pytest.mark.parametrize(
    "body",
    [
        {"maxEvents": -1},
        {"maxEvents": True},
        {"maxEvents": "9"},
        {"maxEvents": 1.5},
        {"returnImmediately": "yes"},
        {"ack": "x"},
        {"ack": {"a": 1}},
        {"setErrs": ["x"]},
        {"ack": ["x"] * 1001},
    ],
)
def test_a_request_that_is_none_is_refused(client: Client, body: dict[str, Any]) -> None:
    stream_id = client.make(DISABLED)["stream_id"]
    status, answer = client.ask("POST", f"/ssf/poll?stream_id={stream_id}", body)
    assert (status, answer["error"]) == (400, "invalid_request")


def test_ids_that_are_none_are_passed_over(client: Client) -> None:
    stream = client.make(DISABLED)
    odd = ["x", "", 7, None, {"a": 1}, str(uuid4()), "\x00"]
    refused = {"x": {"err": "invalid_key"}, str(uuid4()): "no object", str(uuid4()): {"err": ["list"]}}
    assert client.poll(stream, ack=odd, setErrs=refused) == {"sets": {}, "moreAvailable": False}


def test_a_stream_that_is_pushed_is_not_fetched(client: Client) -> None:
    made = client.make(DISABLED, push_to="https://fund.example.cn/events")
    assert client.ask("POST", f"/ssf/poll?stream_id={made['stream_id']}", {})[0] == 400


def test_a_pushed_stream_can_become_a_fetched_one_and_back(
    either: Provider, client: Client, person: Person
) -> None:
    made = client.make(DISABLED, push_to="https://fund.example.cn/events")
    told(either, person)
    poll_it = {"stream_id": made["stream_id"], "delivery": {"method": "urn:ietf:rfc:8936"}}
    _, changed = client.ask("PATCH", "/ssf/streams", poll_it)
    assert len(client.poll(changed)["sets"]) == 1, "nothing that waits is lost"


def test_who_may_wait_waits_for_the_event(
    either: Provider, client: Client, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "LOOK_SECONDS", 0.1)
    stream = client.make(REVOKED, DISABLED)
    later = threading.Timer(0.4, told, (either, person))
    later.start()
    began = time.monotonic()
    answer = client.poll(stream, returnImmediately=False)
    assert len(answer["sets"]) == 1
    assert 0.3 < time.monotonic() - began < poll.WAIT_SECONDS
    later.join()


def test_not_everybody_may_wait(either: Provider, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll, "WAIT_SECONDS", 30)
    stream = client.make(DISABLED)
    places = poll.WAITING.of(either.app).places
    taken = 0
    while places.acquire(blocking=False):
        taken += 1
    try:
        began = time.monotonic()
        client.poll(stream, returnImmediately=False)
        assert time.monotonic() - began < 5, "the threads are needed for others"
    finally:
        for _ in range(taken):
            places.release()


def test_the_same_poll_by_two_at_once_loses_nothing(either: Provider, client: Client, person: Person) -> None:
    stream = client.make(DISABLED)
    for _ in range(4):
        told(either, person)
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(target=lambda: answers.append(client.poll(stream, maxEvents=4))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with either.context():
        events = db.session.query(SecurityEvent).filter_by(account_id=person.id)
        known = {jti.of(event.id) for event in events}
        commit()
    assert all(set(answer["sets"]) <= known for answer in answers)
    jtis = set().union(*(answer["sets"] for answer in answers))
    client.poll(stream, ack=sorted(jtis))
    client.poll(stream, ack=list(client.poll(stream)["sets"]))
    assert states(either, person) == [("acknowledged", "")] * 4
