"""Decisions that are remembered: no query, and never older than the record (a change reaches every process)."""

from uuid import uuid4

import pytest

from idp.consent import consent_record, held, record
from idp.consent.held import HeldConsents
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Unavailable
from tests.consent.agreeing import Pair, pair
from tests.provider import NewProvider, Provider, counted
from tests.waiting import eventually


def queries(provider: Provider, one: Pair) -> int:
    with counted(provider.app) as counts:
        held.find(one.person.id, one.site.id)
    return len(counts.statements)


def test_what_was_used_lately_costs_no_query(either: Provider) -> None:
    one = pair(either)
    with either.context():
        one.give("name")
        eventually(lambda: queries(either, one) == 0)
        assert queries(either, one) == 0


def test_a_change_is_seen_at_once_here_and_soon_elsewhere(either: Provider) -> None:
    one = pair(either)
    with either.context():
        one.give("name")
        eventually(lambda: queries(either, one) == 0)
        record.withdraw(one.person.id, one.site.id)
        # Before it is committed it is seen in this transaction only, and not remembered.
        given = held.find(one.person.id, one.site.id)
        assert given is not None
        assert given.withdrawn
        db.session.rollback()
        given = held.find(one.person.id, one.site.id)
        assert given is not None
        assert not given.withdrawn
        record.withdraw(one.person.id, one.site.id)
        commit()
        given = held.find(one.person.id, one.site.id)
        assert given is not None
        assert given.withdrawn


@pytest.mark.parametrize("lost", [False, True])
def test_two_processes_hear_of_each_other(
    new_provider: NewProvider, provider: Provider, *, lost: bool
) -> None:
    first = new_provider()
    one = pair(first)
    second = HeldConsents()
    with first.context():
        one.give("name")
        EPHEMERAL.of(first.app).subscribe(held.CHANNEL, second.forget)
        key = (one.person.id, one.site.id)
        second.find(key)
        assert len(second) == 1
        if lost:
            second.forget("*")
        else:
            record.withdraw(*key)
            commit()
        eventually(lambda: len(second) == 0)


def test_nobody_is_remembered_who_has_no_record(provider: Provider) -> None:
    with provider.context():
        before = len(held.HELD.get())
        assert held.find(uuid4(), "nobody") is None
        assert len(held.HELD.get()) == before


def test_what_was_read_before_a_change_is_not_kept_after_it(provider: Provider) -> None:
    one, memory = pair(provider), HeldConsents()
    with provider.context():
        one.give("name")
        original = consent_record.find

        def slow(*key: object) -> object:
            found = original(*key)  # type: ignore[arg-type]
            memory.forget(f"{one.person.id} {one.site.id}")
            return found

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(consent_record, "find", slow)
            assert memory.find((one.person.id, one.site.id)) is not None
        assert len(memory) == 0


def test_a_change_stands_though_it_cannot_be_announced(
    provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = pair(provider)

    def away(*_: object) -> None:
        raise Unavailable("ephemeral_store_unavailable")

    with provider.context():
        monkeypatch.setattr(type(EPHEMERAL.get()), "publish", away)
        one.give("name")
        given = held.find(one.person.id, one.site.id)
        assert given is not None
        assert given.items == {"name"}


def test_memory_is_bounded(provider: Provider) -> None:
    memory, pairs = HeldConsents(entries=2), [pair(provider) for _ in range(3)]
    with provider.context():
        for one in pairs:
            one.give("name")
            memory.find((one.person.id, one.site.id))
        assert len(memory) == 2
