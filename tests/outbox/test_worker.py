"""The worker: at least once, whatever receivers do and whoever is killed."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from idp import clock
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.outbox import delivery, message
from idp.outbox import worker as workers
from idp.outbox.message import DeliveryFailed, OutboxMessage
from idp.outbox.worker import Worker
from tests.outbox.receiver import Receiver
from tests.outbox.worker_program import post
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


@pytest.fixture
def start(app: Flask) -> Iterator[Callable[..., Worker]]:
    """A function that starts a worker, stopped after the test."""
    started: list[Worker] = []

    def begin(handlers: dict[str, message.Handler] | None = None, **more: Any) -> Worker:
        one = Worker(app.app_context, handlers or {"post": post}, **more)
        started.append(one)
        one.start()
        return one

    yield begin
    assert all(one.stop() for one in started)


def add(app: Flask, url: str, *bodies: str, receiver: str = "city-fund") -> None:
    with app.app_context():
        for body in bodies:
            message.add("post", {"url": url, "body": body}, receiver=receiver)
        commit()


def rows(app: Flask) -> list[OutboxMessage]:
    with app.app_context():
        return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def test_a_message_is_delivered_once_and_noted(
    app: Flask, receiver: Receiver, start: Callable[..., Worker]
) -> None:
    start()
    began = time.monotonic()
    add(app, f"{receiver.url}/well", "one", "two")
    eventually(lambda: all(row.delivered_at for row in rows(app)))
    assert time.monotonic() - began < 3
    assert receiver.heard == {"one": 1, "two": 1}
    assert [(row.attempts, row.dead_at, row.last_error) for row in rows(app)] == [(1, None, "")] * 2
    with app.app_context():
        assert delivery.pending() == 0


def test_a_message_of_a_rolled_back_change_is_never_sent(
    app: Flask, receiver: Receiver, start: Callable[..., Worker]
) -> None:
    start()
    with app.app_context():
        message.add("post", {"url": f"{receiver.url}/well", "body": "never"})
        db.session.flush()
        db.session.rollback()
        commit()
    add(app, f"{receiver.url}/well", "later")
    eventually(lambda: receiver.heard["later"] == 1)
    assert receiver.heard["never"] == 0


def test_a_commit_wakes_the_worker(
    app: Flask, receiver: Receiver, start: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "POLL", 60)
    start()
    time.sleep(0.3)
    add(app, f"{receiver.url}/well", "one")
    eventually(lambda: receiver.heard["one"] == 1, 5)


def test_slow_dead_and_mad_receivers_hold_nobody_up(
    app: Flask, receiver: Receiver, start: Callable[..., Worker]
) -> None:
    add(app, f"{receiver.url}/slow", *[f"slow {number}" for number in range(60)], receiver="slow")
    add(app, "http://127.0.0.1:1/", "dead 1", "dead 2", "dead 3", receiver="dead")
    add(app, f"{receiver.url}/garbage", "garbage", receiver="mad")
    add(app, f"{receiver.url}/hang-up", "hang-up", receiver="mad")
    add(app, f"{receiver.url}/well", *[f"well {number}" for number in range(20)], receiver="well")
    began = time.monotonic()
    start()
    # Were they to wait for the slow one's turn, it would take a minute.
    eventually(lambda: sum(receiver.heard[f"well {number}"] for number in range(20)) == 20, 20)
    eventually(
        lambda: all(row.attempts and row.last_error for row in rows(app) if row.receiver in {"dead", "mad"})
    )
    by_receiver = {row.receiver: row for row in rows(app)}
    assert by_receiver["dead"].last_error == "ConnectError"
    assert by_receiver["mad"].last_error in {"RemoteProtocolError", "ReadError"}
    assert by_receiver["mad"].next_attempt_at > clock.now()
    # Never more than its share at a time, and each try takes two seconds.
    tries = len([body for _, body in receiver.asked if body.startswith("slow")])
    assert tries <= workers.SHARE * ((time.monotonic() - began) / 2 + 1)


def add_notes(app: Flask, *texts: str) -> None:
    with app.app_context():
        for one in texts:
            message.add("note", {"text": one}, receiver="")
        commit()


def note(one: OutboxMessage) -> None:
    """Write something down, or fail."""
    if "bad" in one.payload["text"]:
        raise DeliveryFailed(retry=False, reason="bad")
    message.add("noted", one.payload, receiver="nobody")


def notes(app: Flask) -> list[str]:
    return sorted(row.payload["text"] for row in rows(app) if row.kind == "noted")


def test_what_may_be_handled_together_is(app: Flask, start: Callable[..., Worker]) -> None:
    batches: list[int] = []

    def several(messages: Sequence[OutboxMessage]) -> None:
        batches.append(len(messages))
        for one in messages:
            note(one)

    texts = [f"{number:03}" for number in range(120)]
    add_notes(app, *texts)
    start({"note": note}, together={"note": several})
    eventually(lambda: all(row.delivered_at for row in rows(app) if row.kind == "note"))
    assert notes(app) == texts
    assert len(batches) < 20
    assert {row.attempts for row in rows(app) if row.kind == "note"} == {1}


def test_one_that_fails_spoils_none_of_those_beside_it(app: Flask, start: Callable[..., Worker]) -> None:
    def several(messages: Sequence[OutboxMessage]) -> None:
        for one in messages:
            note(one)

    add_notes(app, "one", "bad", "two")
    start({"note": note}, together={"note": several})
    eventually(lambda: all(row.delivered_at or row.dead_at for row in rows(app) if row.kind == "note"))
    assert notes(app) == ["one", "two"]
    assert [row.last_error for row in rows(app) if row.dead_at] == ["bad"]


def test_later_and_later_then_dead(app: Flask) -> None:
    add(app, "", "one")
    delays = []
    with app.app_context():
        for attempt in range(1, delivery.MOST_ATTEMPTS + 1):
            (one,) = delivery.claim(8, {}, 2)
            assert delivery.claim(8, {}, 2) == []
            delivery.failed(one, "HTTP 500", retry=True)
            (row,) = rows(app)
            assert (row.attempts, row.last_error) == (attempt, "HTTP 500")
            if attempt < delivery.MOST_ATTEMPTS:
                assert row.dead_at is None
                delays.append((row.next_attempt_at - clock.now()).total_seconds())
                db.session.merge(row).next_attempt_at = clock.now()
                commit()
        assert row.dead_at is not None
        assert delivery.claim(8, {}, 2) == []
        event = db.session.scalars(select(AuditEvent)).one()
    assert (event.name, event.client_id, event.data["kind"]) == ("delivery.abandoned", "city-fund", "post")
    assert 3.9 < delays[0] <= 5
    assert delays[:6] == sorted(delays[:6])
    assert 0.79 * 3600 < delays[-1] <= 3600


def test_a_killed_workers_messages_come_due_again(app: Flask) -> None:
    add(app, "", "one")
    with app.app_context():
        assert len(delivery.claim(8, {}, 2)) == 1
        with clock.shifted(timedelta(seconds=delivery.CLAIM_SECONDS - 1)):
            assert delivery.claim(8, {}, 2) == []
        with clock.shifted(timedelta(seconds=delivery.CLAIM_SECONDS + 1)):
            (one,) = delivery.claim(8, {}, 2)
            assert one.attempts == 2


def test_who_held_a_message_for_too_long_overwrites_nothing_newer(app: Flask) -> None:
    """Two workers had it: a failure of the slow one says nothing, its success stands."""
    add(app, "", "one")
    with app.app_context():
        (slow,) = delivery.claim(1, {}, 1)
        with clock.shifted(timedelta(seconds=delivery.CLAIM_SECONDS + 1)):
            (quick,) = delivery.claim(1, {}, 1)
        assert (slow.attempts, quick.attempts) == (1, 2)
        delivery.failed(slow, "late", retry=False)
        row = db.session.get_one(OutboxMessage, slow.id, populate_existing=True)
        assert (row.dead_at, row.attempts, row.last_error) == (None, 2, "")
        delivery.delivered(quick)
        delivery.failed(slow, "later still", retry=True)
        row = db.session.get_one(OutboxMessage, slow.id, populate_existing=True)
        assert row.delivered_at is not None
        assert row.last_error == ""


def test_each_receiver_has_its_share(app: Flask) -> None:
    add(app, "", *"abcdef", receiver="busy")
    add(app, "", *"gh", receiver="other")
    add(app, "", *"ijk", receiver="")
    with app.app_context():
        taken = delivery.claim(8, {"busy": 1}, 2)
    assert [(one.receiver, one.payload["body"]) for one in taken] == [
        ("busy", "a"), ("other", "g"), ("other", "h"), ("", "i"), ("", "j"), ("", "k"),
    ]  # fmt: skip


def test_what_can_never_succeed_is_dead_at_once(app: Flask, start: Callable[..., Worker]) -> None:
    def refuse(_message: OutboxMessage) -> None:
        raise DeliveryFailed(retry=False, reason="no such site")

    add(app, "", "one")
    start({"post": refuse})
    eventually(lambda: rows(app)[0].dead_at is not None)
    assert (rows(app)[0].attempts, rows(app)[0].last_error) == (1, "no such site")


def test_a_handlers_mistake_and_an_unknown_kind_are_tried_again(
    app: Flask, start: Callable[..., Worker]
) -> None:
    def stumble(_message: OutboxMessage) -> None:
        db.session.add(AuditEvent(id=None))
        raise ZeroDivisionError

    add(app, "", "one")
    with app.app_context():
        message.add("of the next version", {"client_id": "x"})
        commit()
    start({"post": stumble})
    eventually(lambda: all(row.last_error for row in rows(app)))
    assert {row.last_error for row in rows(app)} == {"ZeroDivisionError", "no handler for this kind"}
    assert all(row.dead_at is None for row in rows(app))
    with app.app_context():
        assert db.session.scalars(select(AuditEvent)).all() == []


def test_what_the_handler_writes_stands_with_the_success(app: Flask, start: Callable[..., Worker]) -> None:
    def write(one: OutboxMessage) -> None:
        message.add("told", {"about": str(one.id)})

    add(app, "", "one")
    start({"post": write, "told": lambda _message: None})
    eventually(lambda: len(rows(app)) == 2 and all(row.delivered_at for row in rows(app)))


def test_two_workers_share_the_work(app: Flask, receiver: Receiver, start: Callable[..., Worker]) -> None:
    bodies = [str(number) for number in range(60)]
    for body in bodies:
        add(app, f"{receiver.url}/well", body, receiver=f"rp-{int(body) % 7}")
    start()
    start()
    eventually(lambda: all(row.delivered_at for row in rows(app)), 20)
    assert receiver.heard == dict.fromkeys(bodies, 1)


def test_a_database_that_comes_back_is_used_again(
    app: Flask, receiver: Receiver, start: Callable[..., Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "AWAY", 0.1)
    add(app, f"{receiver.url}/well", "one")
    with app.app_context():
        db.session.execute(text("ALTER TABLE outbox_messages RENAME TO outbox_gone"))
        db.session.commit()
    start()
    time.sleep(0.7)
    assert receiver.heard == {}
    with app.app_context():
        db.session.execute(text("ALTER TABLE outbox_gone RENAME TO outbox_messages"))
        db.session.commit()
    eventually(lambda: receiver.heard == {"one": 1})


def test_stopping_lets_what_is_under_way_end(app: Flask, receiver: Receiver) -> None:
    receiver.slowness = 1
    add(app, f"{receiver.url}/slow", "one")
    one = Worker(app.app_context, {"post": post})
    one.start()
    eventually(lambda: len(receiver.asked) == 1)
    assert one.stop()
    assert receiver.heard == {"one": 1}
    assert rows(app)[0].delivered_at is not None


def test_delivered_messages_are_kept_a_week(app: Flask) -> None:
    with app.app_context():
        for _ in range(3):
            message.add("post", {})
        commit()
        for _ in delivery.claim(2, {}, 2):
            pass
        done, dead, _waiting = rows(app)
        delivery.delivered(done)
        delivery.failed(dead, "x", retry=False)
        assert delivery.sweep() == 0
        with clock.shifted(timedelta(days=8)):
            assert delivery.sweep() == 1
        commit()
        assert len(rows(app)) == 2
        assert delivery.pending() == 1


def _start_program(url: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.outbox.worker_program", url),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


@pytest.mark.slow
def test_a_worker_killed_again_and_again_loses_no_message(
    app: Flask, database_url: str, receiver: Receiver
) -> None:
    bodies = [str(number) for number in range(60)]
    receiver.slowness = 0.3
    for number, body in enumerate(bodies):
        add(app, f"{receiver.url}/slow", body, receiver=f"rp-{number % 9}")
    for kill_at in (5, 20, 35):
        process = _start_program(database_url)
        eventually(lambda: len(receiver.heard) >= kill_at, 30)  # noqa: B023 - called within this turn
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    process = _start_program(database_url)
    eventually(lambda: all(row.delivered_at for row in rows(app)), 40)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert process.stdout is not None
    process.stdout.close()
    assert set(receiver.heard) == set(bodies)
    # Only what was under way when somebody was killed may have come twice.
    assert sum(receiver.heard.values()) - len(bodies) <= 3 * workers.THREADS
