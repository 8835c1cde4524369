"""High-volume read events, written many at a time: at most a second behind, flushed when the process stops.

For what changes nothing (a token for a machine, an introspection). Nothing is dropped: when the database
cannot keep up the caller waits, and is at last refused, rather than going unrecorded.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.exc import SQLAlchemyError

from idp import logs
from idp.audit import log
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.db import db
from idp.errors import Unavailable
from idp.per_app import PerApp

CAPACITY = 10_000
AT_ONCE = 500
LINGER = 0.2  # seconds in which more may come
RETRY = 1.0  # seconds between two attempts when the database is away
PATIENCE = 2.0  # seconds a caller waits for room

_log = logs.get(__name__)


class BatchWriter:
    """Collects events and writes them from one background thread.

    *context* opens an application context. An event counts as waiting until its transaction is committed.
    """

    def __init__(self, context: Callable[[], AbstractContextManager[Any]]) -> None:
        self._context = context
        self._waiting: deque[dict[str, Any]] = deque()
        self._changed = threading.Condition()
        self._hurry = False
        self._stopping = False
        self._thread: threading.Thread | None = None

    def enqueue(
        self,
        name: EventName,
        /,
        *,
        account_id: UUID | None = None,
        client_id: str | None = None,
        session_id: UUID | None = None,
        **data: Any,
    ) -> None:
        """Have an event written within a second; raises Unavailable when too many wait already."""
        row = log.row(
            name, account_id=account_id, client_id=client_id, session_id=session_id, actor=None, data=data
        )
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._waiting) < CAPACITY, PATIENCE):
                raise Unavailable("busy", detail="audit queue is full", retry_after=2)
            self._waiting.append(row)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="audit-batch", daemon=True)
                self._thread.start()
            elif len(self._waiting) == 1:
                self._changed.notify_all()

    def flush(self, timeout: float = 10) -> bool:
        """Wait until everything enqueued is written; return whether it was in time."""
        with self._changed:
            self._hurry = True
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._waiting, timeout)
            self._hurry = False
            return done

    def close(self, timeout: float = 10) -> bool:
        """Flush and stop; return whether everything was written in time."""
        done = self.flush(timeout)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout)
        if not done:
            _log.error("audit events lost at stop", count=len(self._waiting))
        return done

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._stopping)
                if self._stopping:
                    return
                if len(self._waiting) < AT_ONCE and not self._hurry:
                    self._changed.wait(LINGER)
                rows = [self._waiting[place] for place in range(min(AT_ONCE, len(self._waiting)))]
            if not self._write(rows):
                time.sleep(RETRY)
                continue
            with self._changed:
                for _ in rows:
                    self._waiting.popleft()
                self._changed.notify_all()

    def _write(self, rows: list[dict[str, Any]]) -> bool:
        try:
            with self._context(), db.engine.begin() as connection:
                connection.execute(insert(AuditEvent), rows)
        except SQLAlchemyError as error:
            _log.error("audit events wait for the database", error=type(error).__name__, count=len(rows))
            return False
        return True


BATCH: PerApp[BatchWriter] = PerApp("audit_batch")
