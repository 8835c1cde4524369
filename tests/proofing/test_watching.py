"""The daily check: everybody, once, resumed where it stopped, in memory that does not grow."""

import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.db import db
from idp.errors import Unavailable, Upstream
from idp.mandates import mandate as mandates
from idp.mandates.rules import REPRESENTATIVE
from idp.proofing import registers, watching
from idp.proofing.watching import RegisterCheck
from idp.sandbox.registers import faults, switches
from tests.proofing.watched import Watched, codes, events, fresh, watched
from tests.waiting import eventually

__all__ = ["watched"]

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = registers.POPULATION_STATUS


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BATCH", 3)
    monkeypatch.setattr(registers, "FIRST_PAUSE", 0.01)


def add_people(watched: Watched, count: int) -> dict[str, UUID]:
    return {one.number: watched.add(one) for one in watched.citizens(count)}


def state(source: str = PEOPLE) -> RegisterCheck:
    db.session.rollback()
    return db.session.scalars(
        select(RegisterCheck).where(RegisterCheck.source == source),
        execution_options={"populate_existing": True},
    ).one()


def test_everybody_is_checked_and_what_changed_is_followed(watched: Watched) -> None:
    people = add_people(watched, 7)
    dead, lost, renamed, cancelled, *well = people
    for number, change in (
        (dead, "deceased"),
        (lost, "card_lost"),
        (renamed, "name_changed"),
        (cancelled, "cancelled"),
    ):
        switches.switch(watched.registry, number, change)
    assert watching.run(30) == 7
    assert fresh(people[dead]).status == accounts.FROZEN
    assert codes(people[lost]) == {"phone", "operator3", "bank4"}
    assert codes(people[renamed]) == codes(people[cancelled]) == {"phone"}
    for number in well:
        assert codes(people[number]) == {"phone", "register", "operator3", "bank4"}
    check = state()
    assert (check.checked, check.changed) == (7, 4)
    assert check.round_ended_at is not None


def test_a_round_is_once_a_day(watched: Watched) -> None:
    people = add_people(watched, 4)
    assert watching.run(30) == 4
    switches.switch(watched.registry, next(iter(people)), "card_lost")
    assert watching.run(30) == 0
    with clock.shifted(timedelta(days=1, seconds=1)):
        assert watching.run(30) == 4
        assert len(events("register.changed")) == 1
    with clock.shifted(timedelta(days=2, seconds=2)):
        assert watching.run(30) == 4
        assert len(events("register.changed")) == 1, "what was done is not done every day again"


def test_enterprises_follow_their_register(watched: Watched) -> None:
    first, second, third = watched.registry.enterprises()[:3]
    (first_id, _), (second_id, _), (third_id, _) = [
        watched.add_enterprise(one) for one in (first, second, third)
    ]
    switches.switch(watched.registry, first.uscc, "new_representative")
    switches.switch(watched.registry, second.uscc, "dissolved")
    watching.run(30)
    assert codes(first_id) == {"enterprise_register"}
    assert codes(second_id) == set()
    assert codes(third_id) == {"enterprise_register", "representative"}
    left = [len(mandates.with_role(one, [REPRESENTATIVE])) for one in (first_id, second_id, third_id)]
    assert left == [0, 0, 1]


def test_without_identity_nobody_is_asked_about(watched: Watched) -> None:
    watched.provider.person(evidence=("phone",))
    assert watching.run(30) == 0
    assert watched.registers.running.notices.sent() == []


def test_numbers_the_register_does_not_know_lose_nothing(watched: Watched) -> None:
    one = watched.citizens(1)[0]
    account_id = watched.add(one)
    del watched.registry._citizens[one.number]
    assert watching.run(30) == 1
    assert "register" in codes(account_id)


def test_a_register_that_is_down_or_lies_changes_nothing_and_is_asked_again(watched: Watched) -> None:
    people = add_people(watched, 5)
    switches.switch(watched.registry, list(people)[4], "deceased")
    watching.check_batch(PEOPLE)
    for fault in (faults.DOWN, faults.WRONG_SIGNATURE, faults.WRONG_ANSWER):
        watched.registers.running.faults.set(PEOPLE, fault)
        with pytest.raises(Exception, match="register_"):
            watching.run(30)
        assert state().checked == 3
    assert events("register.changed") == []
    watched.registers.running.faults.clear()
    assert watching.run(30) == 2
    assert len(events("register.changed")) == 1


def test_two_at_once_count_nothing_twice(watched: Watched) -> None:
    people = add_people(watched, 12)
    for number in list(people)[::3]:
        switches.switch(watched.registry, number, "deceased")
    barrier = threading.Barrier(3)

    def work() -> None:
        with watched.provider.context():
            barrier.wait(10)
            watching.run(30)

    db.session.rollback()
    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(work) for _ in range(3)]:
            future.result()
    check = state()
    assert (check.checked, check.changed) == (12, 4)
    assert len(events("register.changed")) == 4


def test_memory_does_not_grow_with_the_number_of_accounts(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_people(watched, 24)
    db.session.expunge_all()
    held: list[int] = []
    for _ in range(8):
        assert watching.check_batch(PEOPLE) == 3
        held.append(len(db.session.identity_map))
    assert max(held) <= 1


def test_a_run_stops_in_time_and_goes_on_later(watched: Watched) -> None:
    add_people(watched, 7)
    assert watching.run(0) == 0
    assert watching.check_batch(PEOPLE) == 3
    assert state().round_ended_at is None
    assert watching.run(30) == 4


@pytest.mark.slow
def test_a_worker_that_is_killed_is_carried_on_from_its_place(watched: Watched) -> None:
    people = add_people(watched, 60)
    for number in list(people)[::4]:
        switches.switch(watched.registry, number, "card_lost")
    db.session.rollback()
    running = watched.registers.running
    running.faults.set(PEOPLE, faults.SLOW)
    running.faults.slow_seconds = 0.15
    settings = watched.provider.settings.model_dump_json()
    killed = 0
    while killed < 3:
        process = start(settings)
        before = checked()
        eventually(lambda before=before: checked() > before)  # type: ignore[misc] # bound at once
        process.send_signal(signal.SIGKILL)
        process.wait()
        close(process)
        killed += 1
    assert 15 <= checked() < 60
    last = start(settings)
    assert last.wait(60) == 0
    close(last)
    check = state()
    assert (check.checked, check.changed) == (60, 15)
    assert len(events("register.changed")) == 15


def start(settings: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        (sys.executable, "-m", "tests.proofing.watching_program", settings),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    return process


def close(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    process.stdout.close()


def checked() -> int:
    db.session.rollback()
    found = db.session.scalars(select(RegisterCheck.checked).where(RegisterCheck.source == PEOPLE)).first()
    db.session.rollback()
    time.sleep(0.02)
    return found or 0


def test_an_answer_that_makes_no_sense_changes_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    account_id = watched.add(watched.citizens(1)[0])
    real = registers.ask

    number = watched.citizens(1)[0].number
    answers: tuple[object, ...] = (
        {"x": 5},
        {number: "dead"},
        {number: {"status": ["deceased"], "card": {}, "name_digest": None}},
        {number: {"status": {}, "card": ["lost"]}},
    )
    for statuses in answers:

        def ask(*arguments: object, statuses: object = statuses) -> registers.Answer:
            answer = real(*arguments)  # type: ignore[arg-type]
            return registers.Answer(answer.result, {"statuses": statuses}, answer.answered_at, "x", "y")

        monkeypatch.setattr(registers, "ask", ask)
        with clock.shifted(timedelta(days=2)):
            db.session.rollback()
            db.session.query(RegisterCheck).delete()
            watching.run(30)
        assert fresh(account_id).status == accounts.ACTIVE


@pytest.mark.parametrize("told", [("match", None), ("match", []), ("refused", {}), ("not_found", {})])
def test_a_register_that_says_nothing_is_not_taken_for_no_change(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, told: tuple[str, object]
) -> None:
    watched.add(watched.citizens(1)[0])
    real = registers.ask

    def ask(*arguments: object) -> registers.Answer:
        answer = real(*arguments)  # type: ignore[arg-type]
        return registers.Answer(told[0], {"statuses": told[1]}, answer.answered_at, "x", "y")

    monkeypatch.setattr(registers, "ask", ask)
    with pytest.raises(Upstream):
        watching.run(30)
    assert checked() == 0


def test_unavailable_is_what_the_job_reports(watched: Watched) -> None:
    add_people(watched, 1)
    watched.registers.running.faults.set(faults.EVERY, faults.DOWN)
    with pytest.raises(Unavailable):
        watching.run(30)
