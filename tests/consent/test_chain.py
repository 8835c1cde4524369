"""A chain with anything changed, taken out or cut off is found, and the place is named (domain §5)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from idp import clock
from idp.audit.log import AuditEvent
from idp.consent import chain, consent_record, deletion, event, record, retention
from idp.consent.consent_record import ConsentRecord
from idp.consent.deletion import ConsentDeletion
from idp.consent.event import ConsentEvent
from idp.db import commit, db
from tests.consent.agreeing import Pair, asked, pair
from tests.provider import Provider, Template


@pytest.fixture
def provider(template: Template, tmp_path: Path) -> Iterator[Provider]:
    """A provider whose database may be damaged."""
    made = template.on_sqlite(tmp_path)
    yield made
    made.close()


@pytest.fixture
def one(provider: Provider) -> Pair:
    """Somebody with five events, beside others whose records are whole."""
    told, other = pair(provider), pair(provider)
    with provider.context():
        for each in (told, other):
            each.give("name", "locale")
            record.refuse(each.account, each.rp, asked("phone_number"))
            each.give("phone_number")
            record.withdraw(each.person.id, each.site.id, items=frozenset({"locale"}))
            record.withdraw(each.person.id, each.site.id)
            commit()
    return told


def found(provider: Provider) -> list[str]:
    with provider.context():
        return list(chain.verify_all())


def event_of(one: Pair, number: int) -> ConsentEvent:
    made = event.find(one.person.id, one.row.record_id, number)
    assert made is not None
    return made


def remove(one: Pair, *numbers: int) -> None:
    db.session.execute(
        delete(ConsentEvent).where(
            ConsentEvent.record_id == one.row.record_id, ConsentEvent.number.in_(numbers)
        )
    )


def test_whole_chains_have_nothing_wrong(provider: Provider, one: Pair) -> None:
    assert found(provider) == []


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_chains_longer_than_a_batch_are_one_chain(
    provider: Provider, one: Pair, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(chain, "BATCH", batch)
    assert found(provider) == []
    with provider.context():
        record_id = one.row.record_id
        remove(one, 3)
        commit()
    assert f"event 3 of record {record_id} is missing" in found(provider)


def change_document(one: Pair) -> None:
    made = event_of(one, 3)
    made.document = made.document | {"retention": "P9Y"}


def change_hash_too(one: Pair) -> None:
    change_document(one)
    made = event_of(one, 3)
    made.hash = event.digest(made)


def sign_like_another(one: Pair) -> None:
    event_of(one, 3).signature = event_of(one, 2).signature


def move(one: Pair) -> None:
    made = event_of(one, 2)
    db.session.execute(
        update(ConsentEvent).where(ConsentEvent.id == made.id).values(at=made.at - timedelta(seconds=1))
    )


def cut_off(one: Pair) -> None:
    remove(one, 5)


def cut_off_with_the_row(one: Pair) -> None:
    """Whoever can write the row as well is found by the audit log, which is a chain of its own."""
    row = one.row
    row.head_number, row.head_hash, row.withdrawn_at = 4, event_of(one, 4).hash, None
    remove(one, 5)


def take_all(one: Pair) -> None:
    remove(one, 1, 2, 3, 4, 5)


def take_all_with_the_row(one: Pair) -> None:
    take_all(one)
    db.session.delete(one.row)


def forget_the_row(one: Pair) -> None:
    db.session.delete(one.row)


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (change_document, ["event 3 of record {} was changed"]),
        (
            change_hash_too,
            [
                "the signature of event 3 of record {} is not ours",
                "event 4 of record {} does not follow the one before it",
                "event 3 of record {} is another than the audit log has",
            ],
        ),
        (sign_like_another, ["the signature of event 3 of record {} is not ours"]),
        (move, ["event 2 of record {} was changed"]),
        (
            lambda one: remove(one, 3),
            ["event 3 of record {} is missing", "event 3 of record {} is missing, but the audit log has it"],
        ),
        (
            lambda one: remove(one, 1),
            ["event 1 of record {} is missing", "event 1 of record {} is missing, but the audit log has it"],
        ),
        (
            cut_off,
            ["event 5 of record {} is missing", "event 5 of record {} is missing, but the audit log has it"],
        ),
        (cut_off_with_the_row, ["event 5 of record {} is missing, but the audit log has it"]),
        (
            take_all,
            [
                "record {} has lost all its events",
                *(
                    f"event {number} of record {{}} is missing, but the audit log has it"
                    for number in range(1, 6)
                ),
            ],
        ),
        (
            take_all_with_the_row,
            [f"event {number} of record {{}} is missing, but the audit log has it" for number in range(1, 6)],
        ),
        (forget_the_row, ["record {} has no row, and nothing superseded it"]),
    ],
)
def test_damage_is_found_and_named(
    provider: Provider, one: Pair, damage: Callable[[Pair], None], expected: list[str]
) -> None:
    with provider.context():
        record_id = one.row.record_id
        damage(one)
        commit()
    assert sorted(found(provider)) == sorted(line.format(record_id) for line in expected)


def test_a_row_that_was_set_back_is_found(provider: Provider, one: Pair) -> None:
    with provider.context():
        row = one.row
        row.head_number, row.head_hash = 4, event_of(one, 4).hash
        commit()
        record_id = row.record_id
    assert found(provider) == [f"record {record_id} does not end as its row says"]


def more_items(one: Pair) -> None:
    one.row.items = [*one.row.items, "identity_number"]


def not_withdrawn(one: Pair) -> None:
    one.row.withdrawn_at = one.row.ended_at = None


def longer(one: Pair) -> None:
    one.row.expires_at += timedelta(days=3650)


def given_out_of_nothing(one: Pair) -> None:
    """Neither an event nor an audit entry: only a row."""
    record.supersede(one.person.id, one.site.id)
    row = one.row
    row.items, row.was_given, row.withdrawn_at = ["name"], True, None
    row.expires_at = clock.now() + timedelta(days=100)


@pytest.mark.parametrize("damage", [more_items, not_withdrawn, longer, given_out_of_nothing])
def test_a_row_that_allows_what_nobody_agreed_to_is_found(
    provider: Provider, one: Pair, damage: Callable[[Pair], None]
) -> None:
    with provider.context():
        damage(one)
        commit()
        record_id = one.row.record_id
    assert found(provider) == [f"the row of record {record_id} allows something else than its events say"]


def test_a_record_of_an_older_version_has_its_events_from_now_on(provider: Provider) -> None:
    """Migration 0007 named what there was, and had no events to give it."""
    old, taken = pair(provider), pair(provider)
    with provider.context():
        for each in (old, taken):
            row = consent_record.take(each.person.id, each.site.id, "consent", clock.now())
            row.record_id, row.was_given, row.items, row.seen = uuid4(), True, ["name"], ["name"]
            row.expires_at = clock.now() + timedelta(days=100)
        record.withdraw(taken.person.id, taken.site.id)
        commit()
        assert list(chain.verify_all()) == []
        for each in (old, taken):
            each.give("locale")
        assert list(chain.verify_all()) == []
        assert old.row.items == ["locale"], "of another purpose"


def test_what_happens_while_the_chains_are_walked_is_no_damage(
    provider: Provider, one: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk = chain._walk

    def slowly(*wanted: Any) -> Iterator[Any]:
        rows = list(walk(*wanted))
        one.give("name")
        yield from rows

    monkeypatch.setattr(chain, "_walk", slowly)
    assert found(provider) == []


def test_superseded_and_deleted_records_are_no_damage(provider: Provider, one: Pair) -> None:
    with provider.context():
        one.give("name")
        record.supersede(one.person.id, one.site.id)
        one.give("name")
        assert list(chain.verify_all()) == []
        with clock.shifted(timedelta(days=366)):
            retention.expire()
            commit()
        with clock.shifted(timedelta(days=366 + 1097)):
            assert retention.delete_old()
            commit()
        assert db.session.query(ConsentEvent).count() == 0
        assert db.session.query(ConsentRecord).count() == 0
        assert db.session.query(ConsentDeletion).count() == 3
        assert list(chain.verify_all()) == []
        proof = db.session.query(ConsentDeletion).first()
        assert proof is not None
        proof.last_number += 1
        commit()
        assert not deletion.is_ours(proof)
        wrong = f"the proof that record {proof.record_id} was deleted is not ours"
        assert list(chain.verify_all()) == [wrong]


def test_events_of_older_versions_have_no_record(provider: Provider) -> None:
    with provider.context():
        values = {"id": uuid4(), "at": clock.now(), "name": "consent.given", "account_id": UUID(int=1)}
        db.session.add(AuditEvent(**values, trace_id="x", data={"items": ["name"]}))
        commit()
    assert found(provider) == []
