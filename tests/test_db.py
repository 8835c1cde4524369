"""The database's manners, alike on both kinds."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Integer, MetaData, String, select, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Mapped, mapped_column

from idp import db as database
from idp.db import Json, UtcDateTime, commit, db, surviving
from idp.errors import Unavailable
from tests.ground import app, database_url

__all__ = ["app", "database_url"]


class Base(database.Base):
    """The test's own tables are not the provider's."""

    __abstract__ = True
    metadata = MetaData()


class Thing(Base):
    __tablename__ = "things"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    data: Mapped[Any] = mapped_column(Json, nullable=True)


@pytest.fixture(autouse=True)
def _table(app: Flask) -> Iterator[None]:
    with app.app_context():
        Base.metadata.create_all(db.engine)
    yield
    with app.app_context():
        Base.metadata.drop_all(db.engine)


def test_moments_come_back_aware_in_utc(app: Flask) -> None:
    moment = datetime(2026, 11, 22, 8, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
    with app.app_context():
        db.session.add(Thing(id=1, at=moment, data=None))
        db.session.add(Thing(id=2, at=None, data=None))
        commit()
    with app.app_context():
        found = db.session.get(Thing, 1)
        assert found is not None
        assert found.at == moment
        assert found.at.tzinfo is UTC
        assert db.session.scalars(
            select(Thing.id).where(Thing.at < moment + timedelta(microseconds=1))
        ).all() == [1]
        assert db.session.get(Thing, 2).at is None  # type: ignore[union-attr]


def test_a_naive_moment_is_a_mistake(app: Flask) -> None:
    with app.app_context():
        db.session.add(Thing(id=1, at=datetime(2026, 1, 1), data=None))  # noqa: DTZ001
        with pytest.raises(StatementError, match="naive"):
            commit()


def test_json_comes_back_as_it_was(app: Flask) -> None:
    value = {"名": ["张伟", 1, 2.5, True, None, {"深": "\u0000 控制"}]}
    with app.app_context():
        db.session.add(Thing(id=1, data=value))
        db.session.add(Thing(id=2, data=None))
        commit()
    with app.app_context():
        assert db.session.get(Thing, 1).data == value  # type: ignore[union-attr]
        assert db.session.get(Thing, 2).data is None  # type: ignore[union-attr]
        stored = db.session.execute(text("SELECT data FROM things WHERE id = 1")).scalar_one()
        assert "张伟" in stored
        assert ": " not in stored


def test_insert_if_absent_and_upsert(app: Flask) -> None:
    with app.app_context():
        assert database.insert_if_absent(Thing, id=1, name="first", data=None) is True
        assert database.insert_if_absent(Thing, id=1, name="second", data=None) is False
        database.upsert(Thing, {"id": 1}, {"name": "third", "data": None})
        database.upsert(Thing, {"id": 2}, {"name": "new", "data": None})
        commit()
        assert db.session.execute(select(Thing.id, Thing.name).order_by(Thing.id)).all() == [
            (1, "third"),
            (2, "new"),
        ]


def test_of_several_rows_only_the_new_ones_are_inserted(app: Flask) -> None:
    with app.app_context():
        rows = [{"id": number, "name": f"n{number}", "data": {"n": number}} for number in range(1, 1501)]
        assert database.insert_each_if_absent(Thing, []) == set()
        assert database.insert_each_if_absent(Thing, rows[:1]) == {1}
        assert database.insert_each_if_absent(Thing, rows) == set(range(2, 1501))
        assert database.insert_each_if_absent(Thing, rows[-2:]) == set()
        commit()
        assert db.session.get_one(Thing, 1500).data == {"n": 1500}


def test_writers_wait_for_each_other(app: Flask) -> None:
    def add_many(first: int) -> None:
        for number in range(20):
            with app.app_context():
                # Read, then write: on SQLite this needs the write's place in the queue from the start.
                db.session.execute(select(Thing).limit(1)).all()
                db.session.add(Thing(id=first + number, data=None))
                commit()

    threads = [threading.Thread(target=add_many, args=(100 * number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert len(db.session.scalars(select(Thing.id)).all()) == 100


def test_what_is_not_committed_is_gone(app: Flask) -> None:
    with app.app_context():
        db.session.add(Thing(id=1, data=None))
        db.session.flush()
    with app.app_context():
        assert db.session.get(Thing, 1) is None


def test_a_lost_database_is_unavailable(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose() -> None:
        raise OperationalError("COMMIT", {}, ConnectionError("gone"))

    with app.app_context():
        database.ping()
        monkeypatch.setattr(db.session, "commit", lose)
        with pytest.raises(Unavailable) as caught:
            commit()
        assert (caught.value.code, caught.value.retry_after) == ("database_unavailable", 5)
        assert caught.value.detail == "ConnectionError"


def add_one() -> str:
    db.session.add(Thing(id=1, data=None))
    db.session.flush()
    return "added"


def lose() -> str:
    raise OperationalError("SELECT", {}, ConnectionError("gone"))


def test_work_without_a_transaction_is_committed_at_once(app: Flask) -> None:
    with app.app_context():
        assert surviving(add_one, away=lambda: "away") == "added"
        assert not db.session().in_transaction()
    with app.app_context():
        assert db.session.get(Thing, 1) is not None


def test_work_within_the_callers_transaction_ends_with_it(app: Flask) -> None:
    with app.app_context():
        assert db.session.get(Thing, 1) is None
        assert surviving(add_one, away=lambda: "away") == "added"
        db.session.rollback()
        assert db.session.get(Thing, 1) is None


def test_a_database_lost_in_a_transaction_of_its_own_is_survived(app: Flask) -> None:
    with app.app_context():
        assert surviving(lose, away=lambda: "away") == "away"
        assert not db.session().in_transaction()


def test_a_database_lost_in_the_callers_transaction_is_raised(app: Flask) -> None:
    with app.app_context():
        assert db.session.get(Thing, 1) is None
        with pytest.raises(OperationalError):
            surviving(lose, away=lambda: "away")


def test_a_mistake_is_not_taken_for_a_lost_database(app: Flask) -> None:
    with app.app_context(), pytest.raises(ZeroDivisionError):
        surviving(lambda: str(1 // 0), away=lambda: "away")


def test_sqlite_waits_for_a_writer_and_keeps_foreign_keys(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        assert db.session.execute(text("PRAGMA foreign_keys")).scalar_one() == 1
        assert db.session.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        db.session.rollback()
        with db.engine.begin():
            waited: list[float] = []

            def write() -> None:
                began = time.monotonic()
                with app.app_context():
                    db.session.add(Thing(id=1, data=None))
                    commit()
                waited.append(time.monotonic() - began)

            other = threading.Thread(target=write)
            other.start()
            time.sleep(0.5)
        other.join()
        assert waited[0] > 0.3
