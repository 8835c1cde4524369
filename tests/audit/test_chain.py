"""The chain finds every change, whoever made it with whatever rights on the database."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import delete, select, text, update

from idp import clock
from idp.audit import chain, log
from idp.audit.chain import Anchor, AuditCheckpoint
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.db import commit, db


def sign(statement: bytes) -> str:
    return hmac.new(b"a key of the test", statement, hashlib.sha256).hexdigest()


def check(statement: bytes, signature: str) -> bool:
    return hmac.compare_digest(sign(statement), signature)


@pytest.fixture
def _ten_sealed(app: Flask) -> Iterator[None]:
    """Ten events, sealed in three runs (checkpoints at 4, 8, 10)."""
    with app.app_context():
        for number in range(10):
            log.record(EventName.SESSION_STARTED, account_id=UUID(int=number), number=number, 名="张伟")
        commit()
        assert [chain.seal(sign, limit=4) for _ in range(4)] == [4, 4, 2, 0]
        yield


def problems(anchor: Anchor | None = None) -> list[str]:
    db.session.expunge_all()
    return list(chain.verify(check, anchor))


def at(position: int) -> AuditEvent:
    return db.session.scalars(select(AuditEvent).where(AuditEvent.chain_position == position)).one()


@pytest.mark.usefixtures("_ten_sealed")
class TestSealed:
    def test_a_whole_chain_has_no_problems(self) -> None:
        assert problems() == []
        assert chain.end() == Anchor(10, at(10).chain_hash or b"")
        assert problems(chain.end()) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"name": "session.ended"},
            {"account_id": UUID(int=99)},
            {"account_id": None},
            {"client_id": "x"},
            {"session_id": UUID(int=1)},
            {"actor": "somebody"},
            {"trace_id": "x"},
            {"data": {"number": 4}},
            {"chain_hash": bytes(32)},
        ],
    )
    def test_a_changed_event_is_named(self, change: dict[str, object]) -> None:
        victim = at(5).id
        db.session.execute(update(AuditEvent).where(AuditEvent.id == victim).values(**change))
        commit()
        found = problems()
        assert f"event {victim} at place 5 was changed, or another stood there" in found

    def test_a_changed_time_is_named(self) -> None:
        victim = at(5)
        victim.at += timedelta(microseconds=1)
        commit()
        assert problems() == [f"event {victim.id} at place 5 was changed, or another stood there"]

    @pytest.mark.parametrize("position", [1, 5, 8])
    def test_a_removed_event_is_named_by_its_place(self, position: int) -> None:
        follower = at(position + 1).id
        db.session.execute(delete(AuditEvent).where(AuditEvent.chain_position == position))
        commit()
        assert f"places {position} to {position} are missing before event {follower}" in problems()

    def test_exchanged_events_are_named(self) -> None:
        one, other = at(5).id, at(6).id
        db.session.execute(text("UPDATE audit_events SET chain_position = -1 WHERE chain_position = 5"))
        db.session.execute(text("UPDATE audit_events SET chain_position = 5 WHERE chain_position = 6"))
        db.session.execute(text("UPDATE audit_events SET chain_position = 6 WHERE chain_position = -1"))
        commit()
        found = problems()
        assert f"event {other} at place 5 was changed, or another stood there" in found
        assert f"event {one} at place 6 was changed, or another stood there" in found

    def test_a_cut_off_end_is_seen(self) -> None:
        db.session.execute(delete(AuditEvent).where(AuditEvent.chain_position > 6))
        commit()
        assert problems() == [
            "the chain ends at place 6, but its end was signed at place 10",
            "the end of the chain at place 6 has no signature",
        ]

    def test_an_end_cut_off_with_its_checkpoints_is_seen_from_outside(self) -> None:
        noted = chain.end()
        db.session.execute(delete(AuditEvent).where(AuditEvent.chain_position > 4))
        db.session.execute(delete(AuditCheckpoint).where(AuditCheckpoint.position > 4))
        commit()
        assert problems(noted) == ["the chain ends at place 4, but place 10 was written down elsewhere"]

    def test_a_rewritten_chain_lacks_our_signature(self) -> None:
        noted = chain.end()
        at(2).name = "session.ended"
        before = chain.BEGINNING
        for position in range(1, 11):
            event = at(position)
            event.chain_hash = before = chain.digest(before, position, event)
        for checkpoint in db.session.scalars(select(AuditCheckpoint)):
            checkpoint.chain_hash = at(checkpoint.position).chain_hash or b""
        commit()
        assert problems(noted) == [
            "the signature at place 4 is not ours",
            "the signature at place 8 is not ours",
            "the signature at place 10 is not ours",
            "place 10 does not have the hash that was written down elsewhere",
        ]

    def test_a_checkpoint_that_tells_another_hash_is_named(self) -> None:
        db.session.execute(
            update(AuditCheckpoint).where(AuditCheckpoint.position == 8).values(chain_hash=bytes(32))
        )
        commit()
        assert problems() == [
            "place 8 does not have the hash that was signed",
            "the signature at place 8 is not ours",
        ]

    def test_an_event_that_lost_its_place_is_named(self) -> None:
        victim = at(10).id
        db.session.execute(update(AuditEvent).where(AuditEvent.id == victim).values(chain_position=None))
        commit()
        assert f"event {victim} lost its place" in problems()

    def test_events_that_nobody_seals_are_told(self) -> None:
        with clock.shifted(timedelta(minutes=-11)):
            log.record(EventName.SESSION_ENDED)
            commit()
        (problem,) = problems()
        assert problem.startswith("events since ")
        assert chain.seal(sign) == 1
        assert problems() == []


def test_an_empty_chain_has_no_problems(app: Flask) -> None:
    with app.app_context():
        assert problems() == []
        assert chain.seal(sign) == 0
        assert chain.end() == Anchor(0, bytes(32))


def test_two_sealers_make_one_chain(app: Flask) -> None:
    with app.app_context():
        for _ in range(60):
            log.record(EventName.SESSION_STARTED)
        commit()
    barrier = Barrier(4)

    def work() -> int:
        barrier.wait(10)
        with app.app_context():
            return sum(chain.seal(sign, limit=10) for _ in range(10))

    with ThreadPoolExecutor(4) as pool:
        sealed = sum(pool.map(lambda _: work(), range(4)))
    with app.app_context():
        # Who meets another sealer at work leaves it to that one: some may be left when all have tried.
        assert sealed + chain.seal(sign) == 60
        assert problems() == []


def test_long_chains_are_read_in_pages(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 3)
    with app.app_context():
        for _ in range(9):
            log.record(EventName.SESSION_STARTED)
        commit()
        seal_all: Callable[[], int] = lambda: chain.seal(sign)  # noqa: E731 - the default limit was bound before
        assert seal_all() == 9
        assert problems() == []
