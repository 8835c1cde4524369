"""The ephemeral store as two tables: a file of its own beside SQLite, unlogged tables on PostgreSQL.

Out of the box, and wherever no Redis is wished for. Each operation is one statement in autocommit, so it
neither waits for nor becomes part of the request's transaction (on SQLite a second connection to the main
file would wait for the request's own write lock: hence the separate file). The tables make themselves.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from idp import clock
from idp.ephemeral import database_connection, store
from idp.ephemeral.database_mailbox import Mailbox
from idp.errors import Unavailable

SWEEP_EVERY = 60.0  # seconds between two sweeps of one process
SWEEP_ROWS = 500  # the most one sweep deletes, so that no caller waits long for it

GET = "SELECT value, counter FROM ephemeral_entries WHERE key = :key AND expires_at > :now"
PUT = """INSERT INTO ephemeral_entries (key, value, counter, expires_at) VALUES (:key, :value, NULL, :end)
 ON CONFLICT (key) DO UPDATE SET value = excluded.value, counter = NULL, expires_at = excluded.expires_at"""
# Removes what has ended too: nobody can tell the difference.
TAKE = "DELETE FROM ephemeral_entries WHERE key = :key RETURNING value, counter, expires_at"
ADD = """INSERT INTO ephemeral_entries (key, value, counter, expires_at) VALUES (:key, :value, NULL, :end)
 ON CONFLICT (key) DO UPDATE SET value = excluded.value, counter = NULL, expires_at = excluded.expires_at
 WHERE ephemeral_entries.expires_at <= :now RETURNING 1"""
INCREMENT = """INSERT INTO ephemeral_entries (key, value, counter, expires_at) VALUES (:key, NULL, 1, :end)
 ON CONFLICT (key) DO UPDATE SET value = NULL,
 counter = CASE WHEN ephemeral_entries.expires_at <= :now THEN 1
  ELSE coalesce(ephemeral_entries.counter, 0) + 1 END,
 expires_at = CASE WHEN ephemeral_entries.expires_at <= :now THEN excluded.expires_at
  ELSE ephemeral_entries.expires_at END
 RETURNING counter"""
DELETE = "DELETE FROM ephemeral_entries WHERE key = :key"
SWEEP = """DELETE FROM ephemeral_entries WHERE key IN
 (SELECT key FROM ephemeral_entries WHERE expires_at <= :now LIMIT :rows{skip_locked})"""


class DatabaseStore:
    """The EphemeralStore on the database at *url* (store.EphemeralStore has the promises)."""

    def __init__(self, url: str) -> None:
        self._database = database_connection.Database(url)
        self._mailbox = Mailbox(self._execute)
        self._swept = time.monotonic()
        self._sweeping = threading.Lock()

    def put(self, key: str, value: bytes, life: int) -> None:
        """Write whatever was there."""
        store.check(key, life)
        self._execute(PUT, {"key": key, "value": value, "end": _now() + life * 1000})
        self._sweep_now_and_then()

    def get(self, key: str) -> bytes | None:
        """Return the value or None."""
        store.check(key)
        rows = self._execute(GET, {"key": key, "now": _now()})
        return _value(*rows[0]) if rows else None

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the values in the order of *keys*, in one statement."""
        if not keys:
            return []
        for key in keys:
            store.check(key)
        names = [f"key{place}" for place in range(len(keys))]
        statement = (
            "SELECT key, value, counter FROM ephemeral_entries"  # noqa: S608 - only our own parameter names
            f" WHERE expires_at > :now AND key IN ({', '.join(':' + name for name in names)})"
        )
        rows = self._execute(statement, {"now": _now(), **dict(zip(names, keys, strict=True))})
        found = {key: _value(value, counter) for key, value, counter in rows}
        return [found.get(key) for key in keys]

    def take(self, key: str) -> bytes | None:
        """Return and delete in one statement."""
        store.check(key)
        rows = self._execute(TAKE, {"key": key})
        if not rows or rows[0][2] <= _now():
            return None
        return _value(rows[0][0], rows[0][1])

    def add_if_absent(self, key: str, value: bytes, life: int) -> bool:
        """Write only where nothing (living) is."""
        store.check(key, life)
        now = _now()
        rows = self._execute(ADD, {"key": key, "value": value, "now": now, "end": now + life * 1000})
        self._sweep_now_and_then()
        return bool(rows)

    def increment(self, key: str, window: int) -> int:
        """Count one more."""
        store.check(key, window)
        now = _now()
        rows = self._execute(INCREMENT, {"key": key, "now": now, "end": now + window * 1000})
        self._sweep_now_and_then()
        return int(rows[0][0])

    def delete(self, key: str) -> None:
        """Forget the key."""
        store.check(key)
        self._execute(DELETE, {"key": key})

    def publish(self, channel: str, message: str) -> None:
        """Write the message down for every process that polls."""
        self._mailbox.publish(channel, message)

    def subscribe(self, channel: str, listener: Callable[[str], None]) -> None:
        """Poll for messages in a background thread."""
        self._mailbox.subscribe(channel, listener)

    def ping(self) -> None:
        """Do one round trip."""
        self._execute("SELECT 1", {})

    def close(self) -> None:
        """Stop polling, close the connections."""
        self._mailbox.close()
        self._database.close()

    def _execute(self, statement: str, values: Mapping[str, Any]) -> list[Any]:
        try:
            return self._database.execute(statement, values)
        except (PoolTimeout, SQLAlchemyError, self._database.error) as error:
            raise Unavailable("ephemeral_unavailable", detail=type(error).__name__, retry_after=2) from error

    def _sweep_now_and_then(self) -> None:
        if time.monotonic() - self._swept < SWEEP_EVERY or not self._sweeping.acquire(blocking=False):
            return
        try:
            self._swept = time.monotonic()
            self.sweep()
        finally:
            self._sweeping.release()

    def sweep(self) -> None:
        """Delete some of what has ended."""
        skip_locked = "" if self._database.is_sqlite else " FOR UPDATE SKIP LOCKED"
        self._execute(SWEEP.format(skip_locked=skip_locked), {"now": _now(), "rows": SWEEP_ROWS})


def _now() -> int:
    return int(clock.now().timestamp() * 1000)


def _value(value: Any, counter: int | None) -> bytes:
    return bytes(value) if counter is None else str(counter).encode()
