"""What happens in one serving process: the provider is wired, perhaps the worker started, and all ended in order."""

import ctypes
import fcntl
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from idp import background, logs, settings
from idp.app import create_app
from idp.audit.batch import BATCH
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.federation.fetching import FETCHER
from idp.federation.refreshing import REFRESHING
from idp.outbox.worker import Worker
from idp.recognition import tables

STOP_SECONDS = 15
MEBIBYTE = 1 << 20
# mallopt(3) of glibc. Each thread's own heap would keep the 19 MiB of every password hash it ever made: 320 MB
# after a few logins where this leaves 112. Large blocks go back to the system, small ones share two heaps.
MALLOC = {-8: 2, -3: 4 * MEBIBYTE, -1: 16 * MEBIBYTE, -2: MEBIBYTE}  # arenas, mmap from, trim from, pad

_log = logs.get(__name__)


class Process:
    """One serving process: `begin` before the first request, `end` after the last."""

    def __init__(self, lock: Path | None) -> None:
        self._lock = lock
        self._app: Flask | None = None
        self._worker: Worker | None = None

    def begin(self) -> Callable[..., Any]:
        """Wire the provider and return it as a WSGI application."""
        _tame_malloc()
        loaded = settings.load()
        logs.configure(loaded.serving.log_level)
        self._app = create_app(loaded)
        tables.TABLES.of(self._app).begin()
        if self._lock is not None and _is_first(self._lock):
            self._worker = background.worker(self._app)
            self._worker.start()
        return self._app

    def end(self) -> None:
        """Let the worker and the federation's threads finish, write audit events that wait, close connections."""
        if self._worker is not None and not self._worker.stop(STOP_SECONDS):
            _log.warning("worker did not stop in time; what it held is delivered again")
        if self._app is not None:
            REFRESHING.of(self._app).close()
            FETCHER.of(self._app).close()
            BATCH.of(self._app).close()
            EPHEMERAL.of(self._app).close()
            with self._app.app_context():
                db.engine.dispose()


def _tame_malloc() -> None:
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # other C libraries have none
        for option, value in MALLOC.items():
            mallopt(option, value)


def _is_first(lock: Path) -> bool:
    """Whether this process holds the lock; it is free again when the process ends, however it ends."""
    handle = os.open(lock, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    return True
