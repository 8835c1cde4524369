"""Jobs: once an interval, in one process, never twice at a time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from idp import clock
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Conflict, Unavailable
from idp.outbox.job import Job, Timetable, run_once
from idp.outbox.worker import Worker
from tests.waiting import eventually


def test_of_many_processes_one_runs_it(app: Flask) -> None:
    runs: list[int] = []
    job = Job("seal", 60, lambda: runs.append(1))
    barrier = threading.Barrier(10)

    def attempt() -> bool:
        barrier.wait(10)
        with app.app_context():
            return run_once(job)

    with ThreadPoolExecutor(10) as pool:
        assert [future.result() for future in [pool.submit(attempt) for _ in range(10)]].count(True) == 1
    assert runs == [1]
    with clock.shifted(timedelta(seconds=61)), app.app_context():
        assert run_once(job) is True


def test_a_long_run_is_not_joined_by_a_second_one(app: Flask) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(10)

    job = Job("rotate", 1, work, longest=60)

    def first() -> bool:
        with app.app_context():
            return run_once(job)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        assert begun.wait(10)
        with clock.shifted(timedelta(seconds=2)), app.app_context():
            assert run_once(job) is False
        may_end.set()
        assert running.result() is True
    with clock.shifted(timedelta(seconds=4)), app.app_context():
        assert run_once(job) is True


@pytest.mark.parametrize("mistake", [ZeroDivisionError(), Conflict("x")])
def test_a_failing_job_is_tried_in_the_next_interval(app: Flask, mistake: Exception) -> None:
    def fail() -> None:
        raise mistake

    with app.app_context():
        assert run_once(Job("fail", 60, fail)) is False
        assert run_once(Job("fail", 60, lambda: None)) is False
        with clock.shifted(timedelta(seconds=61)):
            assert run_once(Job("fail", 60, lambda: None)) is True


def test_without_the_ephemeral_store_nothing_runs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    store = EPHEMERAL.of(app)

    def away(*_arguments: object) -> bool:
        raise Unavailable("ephemeral_unavailable")

    with app.app_context():
        monkeypatch.setattr(store, "add_if_absent", away)
        assert run_once(Job("seal", 60, lambda: runs.append(1))) is False
        monkeypatch.undo()
        monkeypatch.setattr(store, "delete", away)
        assert run_once(Job("seal", 60, lambda: runs.append(1))) is True
    assert runs == [1]


def test_the_worker_runs_jobs_again_and_again(app: Flask) -> None:
    runs: list[float] = []
    others: list[float] = []
    worker = Worker(
        app.app_context,
        {},
        (Job("often", 1, lambda: runs.append(time.monotonic())), Job("rarely", 60, lambda: others.append(0))),
    )
    worker.start()
    eventually(lambda: len(runs) >= 3)
    assert worker.stop()
    assert len(others) == 1
    assert runs[1] - runs[0] > 0.8
    count = len(runs)
    time.sleep(1.3)
    assert len(runs) == count


def test_a_job_leaves_no_transaction_open(app: Flask) -> None:
    with app.app_context():
        assert run_once(Job("read", 60, db.session.connection))
        assert not db.session.registry.has()


def test_a_timetable_without_jobs_just_waits(app: Flask) -> None:
    table = Timetable(app.app_context, ())
    thread = threading.Thread(target=table.run)
    thread.start()
    table.stop()
    thread.join(3)
    assert not thread.is_alive()
