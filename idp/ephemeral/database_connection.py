"""Autocommit statements on pooled connections, in one spelling for SQLite and PostgreSQL.

SQLAlchemy gives the pool and knows the URLs; statements go to the driver itself, because a Core connection
would open a transaction for each (and on SQLite take the write lock even to read).
"""

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.engine import URL, Engine

# Any constant will do; it is the same in all our processes.
CREATE_LOCK = 7_305_108_251_940_317_211

ENTRIES = """CREATE {unlogged}TABLE IF NOT EXISTS ephemeral_entries (
 key VARCHAR(200) PRIMARY KEY, value {bytes}, counter BIGINT, expires_at BIGINT NOT NULL)"""
ENTRIES_INDEX = "CREATE INDEX IF NOT EXISTS ix_ephemeral_entries_expires_at ON ephemeral_entries (expires_at)"
MESSAGES = """CREATE {unlogged}TABLE IF NOT EXISTS ephemeral_messages (
 id {serial} PRIMARY KEY, channel VARCHAR(100) NOT NULL, message TEXT NOT NULL, sent_at BIGINT NOT NULL)"""


class Database:
    """Where the tables of the ephemeral store live; makes them when they are not there."""

    def __init__(self, url: str) -> None:
        parsed = _own_file(make_url(url))
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self._engine = _engine(parsed)
        # The driver's own errors come through unwrapped from a driver's cursor.
        self.error: type[Exception] = self._engine.dialect.loaded_dbapi.Error
        self._made = False
        self._making = threading.Lock()
        self._spelled: dict[str, str] = {}

    def execute(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        """Run one statement (parameters ``:name``) and return its rows."""
        if not self._made:
            self._make()
        try:
            return self._run(statement, values)
        except self.error as error:
            if not _is_missing_table(error):
                raise
            # Somebody emptied the database under us; what was in it may be lost by definition.
            self._make()
            return self._run(statement, values)

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _run(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        connection = self._engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(self._spell(statement), values)
            rows = list(cursor.fetchall()) if cursor.description else []
            cursor.close()
        except self.error:
            # Whatever happened, the next caller gets a connection that is surely sound.
            connection.invalidate()
            raise
        finally:
            connection.close()
        return rows

    def _spell(self, statement: str) -> str:
        if self.is_sqlite:
            return statement
        spelled = self._spelled.get(statement)
        if spelled is None:
            spelled = re.sub(r":(\w+)", r"%(\1)s", statement)
            if len(self._spelled) < 100:  # noqa: PLR2004 - get_many has one spelling for each number of keys
                self._spelled[statement] = spelled
        return spelled

    def _make(self) -> None:
        words = (
            {"unlogged": "", "bytes": "BLOB", "serial": "INTEGER"}
            if self.is_sqlite
            else {"unlogged": "UNLOGGED ", "bytes": "BYTEA", "serial": "BIGSERIAL"}
        )
        with self._making:
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                # IF NOT EXISTS alone does not keep two processes from making the same table.
                cursor.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
                if not self.is_sqlite:
                    cursor.execute(f"SELECT pg_advisory_xact_lock({CREATE_LOCK})")
                for statement in (ENTRIES, ENTRIES_INDEX, MESSAGES):
                    cursor.execute(statement.format(**words))
                cursor.execute("COMMIT")
            except self.error:
                connection.invalidate()
                raise
            finally:
                connection.close()
            self._made = True


def _own_file(url: URL) -> URL:
    if url.get_backend_name() != "sqlite":
        return url
    if not url.database or url.database == ":memory:":
        msg = "the ephemeral store needs a database file"
        raise ValueError(msg)
    main = Path(url.database)
    main.parent.mkdir(parents=True, exist_ok=True)
    return url.set(database=str(main.with_name(f"{main.stem}-ephemeral.sqlite3")))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, pool_size=4, max_overflow=28, pool_timeout=2, connect_args={"timeout": 5})
        event.listen(engine, "connect", _set_sqlite_manners)
        return engine
    return create_engine(
        url,
        pool_size=4,
        max_overflow=12,
        pool_timeout=2,
        connect_args={"autocommit": True, "connect_timeout": 3, "options": "-c statement_timeout=5000"},
    )


def _set_sqlite_manners(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    # What is lost when the machine stops may be lost.
    connection.execute("PRAGMA synchronous=OFF")


def _is_missing_table(error: Exception) -> bool:
    return getattr(error, "sqlstate", None) == "42P01" or "no such table" in str(error)
