"""What only the store on a database does."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from idp import clock
from idp.ephemeral import database, database_mailbox
from idp.ephemeral.database import DatabaseStore
from idp.errors import Unavailable
from tests.services import postgresql
from tests.waiting import eventually


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DatabaseStore]:
    opened = DatabaseStore(f"sqlite:///{tmp_path / 'main.sqlite3'}")
    yield opened
    opened.close()


def test_it_does_not_wait_for_the_requests_transaction(store: DatabaseStore, tmp_path: Path) -> None:
    main = sqlite3.connect(tmp_path / "main.sqlite3", isolation_level=None)
    main.execute("CREATE TABLE account (id INTEGER)")
    main.execute("BEGIN IMMEDIATE")
    main.execute("INSERT INTO account VALUES (1)")
    began = time.monotonic()
    store.put("journey:1", b"x", 60)
    assert store.take("journey:1") == b"x"
    assert time.monotonic() - began < 1
    main.execute("COMMIT")
    main.close()
    assert (tmp_path / "main-ephemeral.sqlite3").exists()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a database file"):
        DatabaseStore("sqlite:///:memory:")


def test_time_comes_from_the_clock(store: DatabaseStore) -> None:
    store.put("journey:1", b"x", 1800)
    with clock.shifted(timedelta(seconds=1799)):
        assert store.get("journey:1") == b"x"
    with clock.shifted(timedelta(seconds=1801)):
        assert store.get("journey:1") is None


def test_what_has_ended_is_swept_away(
    store: DatabaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        store.put(f"journey:{number}", b"x", 10)
    monkeypatch.setattr(database, "SWEEP_EVERY", 0)
    monkeypatch.setattr(database, "SWEEP_ROWS", 15)
    with clock.shifted(timedelta(seconds=11)):
        store.put("journey:new", b"x", 10)
        assert _count(tmp_path) == 6
        store.increment("limit:1", 10)
        assert _count(tmp_path) == 2
        assert store.get("journey:new") == b"x"


def test_the_tables_come_back_when_somebody_removed_them(store: DatabaseStore, tmp_path: Path) -> None:
    store.put("journey:1", b"x", 60)
    with sqlite3.connect(tmp_path / "main-ephemeral.sqlite3") as connection:
        connection.execute("DROP TABLE ephemeral_entries")
    connection.close()
    assert store.get("journey:1") is None
    store.put("journey:1", b"y", 60)
    assert store.get("journey:1") == b"y"


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "main-ephemeral.sqlite3").write_bytes(b"not a database, surely not" * 100)
    store = DatabaseStore(f"sqlite:///{tmp_path / 'main.sqlite3'}")
    with pytest.raises(Unavailable):
        store.get("journey:1")
    store.close()


def test_messages_are_kept_a_minute(store: DatabaseStore, tmp_path: Path) -> None:
    store.publish("keys", "old")
    with clock.shifted(timedelta(seconds=61)):
        store.publish("keys", "new")
    with sqlite3.connect(tmp_path / "main-ephemeral.sqlite3") as connection:
        assert connection.execute("SELECT message FROM ephemeral_messages").fetchall() == [("new",)]
    connection.close()


def test_a_long_pause_means_everything_may_have_changed(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    store.subscribe("keys", heard.append)
    eventually(lambda: heard == ["*"])
    monkeypatch.setattr(database_mailbox, "KEPT", 0)
    eventually(lambda: heard[:2] == ["*", "*"])


@pytest.mark.integration
def test_postgresql_away_is_unavailable_and_back_needs_nobody() -> None:
    cluster = postgresql.Cluster()
    try:
        store = DatabaseStore(cluster.url(cluster.create()))
        heard: list[str] = []
        store.put("journey:1", b"x", 60)
        store.subscribe("keys", heard.append)
        eventually(lambda: heard == ["*"])
        cluster.interrupt()
        with pytest.raises(Unavailable) as caught:
            store.get("journey:1")
        assert caught.value.retry_after == 2
        with pytest.raises(Unavailable):
            store.put("journey:1", b"x", 60)
        time.sleep(0.6)
        cluster.restart()
        # Unlogged: a crash emptied the table, and that is all.
        eventually(lambda: _works(store))
        assert store.get("journey:1") is None
        eventually(lambda: heard == ["*", "*"])
        store.publish("keys", "one")
        eventually(lambda: heard == ["*", "*", "one"])
        store.close()
    finally:
        cluster.stop()


@pytest.mark.integration
def test_many_processes_may_make_the_tables_at_once(postgresql_url: str) -> None:
    stores = [DatabaseStore(postgresql_url) for _ in range(6)]

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(lambda store: store.increment("limit:1", 60), stores)) == [1, 2, 3, 4, 5, 6]
    for store in stores:
        store.sweep()
        store.close()
    engine = create_engine(postgresql_url)
    with engine.connect() as connection:
        kind = text("SELECT relpersistence FROM pg_class WHERE relname = 'ephemeral_entries'")
        assert connection.execute(kind).scalar_one() in ("u", b"u")
    engine.dispose()


def _works(store: DatabaseStore) -> bool:
    try:
        store.ping()
    except Unavailable:
        return False
    return True


def _count(tmp_path: Path) -> int:
    connection = sqlite3.connect(tmp_path / "main-ephemeral.sqlite3")
    count: int = connection.execute("SELECT count(*) FROM ephemeral_entries").fetchone()[0]
    connection.close()
    return count
