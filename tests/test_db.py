"""One transaction at a time on SQLite: threads take turns, and no turn is ever kept."""

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from idp import db as database
from idp.db import commit, db
from idp.errors import Unavailable

THREADS = 8
TURNS = 20


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = Flask("db")
    made.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/main.sqlite3"
    db.init_app(made)
    with made.app_context():
        run("CREATE TABLE counter (value INTEGER)")
        run("INSERT INTO counter VALUES (0)")
        run("CREATE TABLE child (parent INTEGER REFERENCES nobody (id) DEFERRABLE INITIALLY DEFERRED)")
        run("CREATE TABLE nobody (id INTEGER PRIMARY KEY)")
        commit()
        yield made
        db.engine.dispose()


def run(statement: str) -> None:
    db.session.execute(text(statement))


def is_anybodys_turn() -> bool:
    return database._turns[db.engine.pool].locked()


def test_threads_that_read_and_then_write_lose_no_update(app: Flask) -> None:
    failures: list[BaseException] = []

    def count() -> None:
        try:
            for _ in range(TURNS):
                with app.app_context():
                    value = db.session.execute(text("SELECT value FROM counter")).scalar_one()
                    db.session.execute(text("UPDATE counter SET value = :next"), {"next": value + 1})
                    commit()
        except BaseException as error:  # noqa: BLE001 - the test looks at whatever happened
            failures.append(error)

    threads = [threading.Thread(target=count) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert db.session.execute(text("SELECT value FROM counter")).scalar_one() == THREADS * TURNS


@pytest.mark.parametrize("end", ["commit", "rollback", "remove"])
def test_a_turn_ends_with_its_transaction(app: Flask, end: str) -> None:
    run("UPDATE counter SET value = 7")
    assert is_anybodys_turn()
    getattr(db.session, end)()
    assert not is_anybodys_turn()
    assert db.session.execute(text("SELECT value FROM counter")).scalar_one() == (7 if end == "commit" else 0)


def test_a_transaction_that_cannot_begin_gives_its_turn_back(app: Flask, tmp_path: Path) -> None:
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(tmp_path / "main.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError):
        run("SELECT 1")
    db.session.rollback()
    assert not is_anybodys_turn()
    other.execute("ROLLBACK")
    other.close()
    run("SELECT 1")
    commit()


def test_a_commit_that_fails_is_told_and_gives_its_turn_back(app: Flask) -> None:
    run("INSERT INTO child VALUES (1)")
    with pytest.raises(IntegrityError):
        commit()
    db.session.rollback()
    assert not is_anybodys_turn()
    assert db.session.execute(text("SELECT count(*) FROM child")).scalar_one() == 0


def test_a_connection_that_is_given_up_gives_its_turn_back(app: Flask) -> None:
    run("UPDATE counter SET value = 7")
    db.session.connection().invalidate()
    assert not is_anybodys_turn()
    db.session.rollback()


def test_one_who_waits_too_long_leaves_it_to_sqlite(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TURN_SECONDS", 0.05)
    turn = database._turns[db.engine.pool]
    with turn:
        run("UPDATE counter SET value = 7")
        commit()
        assert turn.locked()
    assert db.session.execute(text("SELECT value FROM counter")).scalar_one() == 7


def test_a_lost_database_is_unavailable(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("COMMIT", {}, ConnectionError("gone"))

    run("SELECT 1")
    monkeypatch.setattr(db.session(), "commit", away)
    with pytest.raises(Unavailable) as caught:
        commit()
    assert caught.value.retry_after
