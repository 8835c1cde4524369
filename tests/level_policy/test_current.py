"""The policy in force: no query, by itself from its date, by message from elsewhere, never nothing."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from idp import clock
from idp.assurance import policy_file
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.level_policy import current, packaged, version
from idp.level_policy.current import CurrentPolicy
from idp.level_policy.version import LevelPolicyVersion
from tests import waiting
from tests.level_policy.conftest import file
from tests.provider import NewProvider, Provider, counted


def applied(cap: int) -> LevelPolicyVersion:
    made = version.apply(file(cap), None, "operator:test")
    commit()
    return made


def test_without_any_version_the_packaged_file_holds(context: Flask) -> None:
    assert current.get() == packaged.policy()
    held = current.in_force()
    assert (held.number, held.digest) == (0, version.digest_of(packaged.text()))


def test_it_costs_no_query(context: Flask, either: Provider) -> None:
    applied(2)
    either.settle()
    current.CURRENT.get().forget()
    with counted(either.app) as first:
        assert current.get().caps[2] == 2
    assert len(first.statements) == 1
    assert not db.session().in_transaction()
    with counted(either.app) as counts:
        policies = {id(current.get()) for _ in range(100)}
    assert counts.statements == []
    assert len(policies) == 1


def test_another_process_follows_by_message(context: Flask) -> None:
    elsewhere = CurrentPolicy()
    EPHEMERAL.get().subscribe(current.CHANNEL, elsewhere.forget)
    assert elsewhere.in_force().policy.caps[2] == 3
    applied(2)
    assert elsewhere.in_force().policy.caps[2] == 3
    current.announce()

    def follows() -> bool:
        with context.app_context():
            return elsewhere.in_force().policy.caps[2] == 2

    waiting.eventually(follows)


def test_a_lost_message_costs_minutes_only(context: Flask) -> None:
    now = [0.0]
    elsewhere = CurrentPolicy(lambda: now[0])
    assert elsewhere.in_force().number == 0
    made = applied(2)
    now[0] = current.REFRESH_SECONDS - 1
    assert elsewhere.in_force().number == 0
    now[0] = current.REFRESH_SECONDS
    assert elsewhere.in_force().number == made.number


def test_what_holds_holds_on_while_the_database_is_away(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    mine = CurrentPolicy(lambda: now[0])
    made = applied(2)
    assert mine.in_force().number == made.number

    def away() -> tuple[current.InForce, ...]:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(current, "_load", away)
    now[0] = current.REFRESH_SECONDS
    assert mine.in_force().number == made.number
    monkeypatch.undo()
    newer = applied(4)
    now[0] += 6
    assert mine.in_force().number == newer.number
    monkeypatch.setattr(current, "_load", away)
    with pytest.raises(OperationalError):
        CurrentPolicy().in_force()


def test_a_version_that_cannot_be_read_gives_way_to_the_one_before(context: Flask) -> None:
    """Approved by an older program under other rules."""
    first, second = applied(2), applied(4)
    db.session.execute(
        update(LevelPolicyVersion)
        .where(LevelPolicyVersion.number == second.number)
        .values(document="caps = 1")
    )
    commit()
    current.CURRENT.get().forget()
    assert current.in_force().number == first.number


def test_an_announcement_during_a_load_is_not_lost(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = CurrentPolicy()
    load = current._load

    def slow() -> tuple[current.InForce, ...]:
        read = load()
        mine.forget()
        return read

    monkeypatch.setattr(current, "_load", slow)
    assert mine.in_force().number == 0
    monkeypatch.undo()
    made = applied(2)
    assert mine.in_force().number == made.number


def test_of_two_that_hold_the_later_date_does(context: Flask) -> None:
    later = version.apply(file(2), clock.now() + timedelta(hours=3), "operator:test")
    sooner = version.apply(file(4), clock.now() + timedelta(hours=1), "operator:test")
    commit()
    current.CURRENT.get().forget()
    for hours, number in ((0, 0), (2, sooner.number), (4, later.number)):
        with clock.shifted(timedelta(hours=hours)):
            assert current.in_force().number == number
    assert [one.number for one in current.CURRENT.get().coming()] == [sooner.number, later.number]


def test_each_application_has_its_own(new_provider: NewProvider) -> None:
    one, other = new_provider(), new_provider()
    with one.context():
        applied(2)
        current.announce()
        assert current.get().caps[2] == 2
    with other.context():
        assert current.get().caps[2] == 3


def test_the_packaged_file_can_be_read() -> None:
    assert policy_file.parse(packaged.text()) == packaged.policy()
    assert packaged.FILE.name == "assurance.toml"


def test_however_much_is_to_come_what_holds_holds_on(context: Flask) -> None:
    held = applied(2)
    for day in range(1, current.KEPT + 2):
        version.apply(file(2 + day % 2), clock.now() + timedelta(days=day), "operator:test")
    commit()
    current.CURRENT.get().forget()
    assert current.in_force().number == held.number
    assert len(current.CURRENT.get().coming()) == current.KEPT + 1
