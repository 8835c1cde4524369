"""A simulation that the worker does: followed, done once, asked for again when its worker died."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from idp import clock, level_simulation_run
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import Conflict
from idp.level_policy import packaged
from idp.level_policy import version as versions
from idp.level_policy.version import LevelPolicyVersion
from idp.level_simulation_run import DONE, FAILED, RUNNING, WAITING
from idp.outbox.message import OutboxMessage
from tests.provider import NewProvider

CHANGED = packaged.text().replace("fal = 2", "fal = 1")


@pytest.fixture
def inside(new_provider: NewProvider) -> Iterator[Flask]:
    provider = new_provider()
    for _ in range(3):
        provider.person(evidence=("chip",))
    with provider.context() as app:
        yield app
        db.session.rollback()


@pytest.fixture
def version(inside: Flask) -> LevelPolicyVersion:
    made = versions.propose(CHANGED, None, "official:a")
    commit()
    return made


def messages() -> list[OutboxMessage]:
    wanted = db.select(OutboxMessage).where(OutboxMessage.kind == level_simulation_run.KIND)
    return list(db.session.scalars(wanted))


def state(number: int) -> str:
    run = level_simulation_run.find(number)
    assert run is not None
    return run.state


def test_it_is_asked_for_done_and_kept(version: LevelPolicyVersion) -> None:
    with pytest.raises(Conflict, match="not_simulated"):
        level_simulation_run.check_done(version)
    level_simulation_run.ask(version, "official:a")
    commit()
    assert state(version.number) == WAITING
    (message,) = messages()
    level_simulation_run.deliver(message)
    commit()
    run = level_simulation_run.find(version.number)
    assert run is not None
    assert (run.state, run.looked_at) == (DONE, 3)
    assert run.result is not None
    assert run.result["accounts"] == 3
    level_simulation_run.check_done(version)
    names = db.session.scalars(db.select(AuditEvent.name)).all()
    assert "level_policy.simulated" in names


def test_a_message_that_comes_twice_is_done_once(version: LevelPolicyVersion) -> None:
    level_simulation_run.ask(version, "official:a")
    commit()
    (message,) = messages()
    for _ in range(2):
        level_simulation_run.deliver(message)
        commit()
    names = db.session.scalars(db.select(AuditEvent.name)).all()
    assert list(names).count("level_policy.simulated") == 1


def test_while_somebody_is_at_it_nobody_asks_again_until_they_are_silent(version: LevelPolicyVersion) -> None:
    level_simulation_run.ask(version, "official:a")
    commit()
    with pytest.raises(Conflict, match="simulation_under_way"):
        level_simulation_run.ask(version, "official:b")
    run = level_simulation_run.find(version.number)
    assert run is not None
    run.state = RUNNING
    commit()
    (message,) = messages()
    level_simulation_run.deliver(message)
    assert state(version.number) == RUNNING
    with clock.shifted(timedelta(minutes=3)):
        level_simulation_run.ask(version, "official:b")
        commit()
        level_simulation_run.deliver(messages()[-1])
        commit()
    assert state(version.number) == DONE


def test_a_decided_version_is_not_simulated(version: LevelPolicyVersion) -> None:
    versions.reject(version.number, "official:b", "no")
    with pytest.raises(Conflict):
        level_simulation_run.ask(version, "official:a")


def test_a_file_that_this_program_cannot_read_fails_and_says_so(version: LevelPolicyVersion) -> None:
    level_simulation_run.ask(version, "official:a")
    version.document = "not = [toml"
    commit()
    level_simulation_run.deliver(messages()[0])
    commit()
    assert state(version.number) == FAILED
    with pytest.raises(Conflict):
        level_simulation_run.check_done(version)


def test_a_version_that_is_gone_is_nobodys_work(version: LevelPolicyVersion) -> None:
    level_simulation_run.ask(version, "official:a")
    commit()
    message = messages()[0]
    message.payload = {"number": 77}
    level_simulation_run.deliver(message)
    assert level_simulation_run.find(77) is None
