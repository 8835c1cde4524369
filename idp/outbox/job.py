"""Background work by timetable: a job runs once an interval, in one process of all, never twice at a time.

Two locks in the ephemeral store: one that lasts the interval (who gets it runs), one that lasts as long as
the work may (who finds it taken leaves it). Losing them costs one run too many; jobs bear that.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from idp import logs
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import IdpError, Unavailable
from idp.uuid7 import uuid7

_log = logs.get(__name__)


@dataclass(frozen=True)
class Job:
    """Something to do every *interval* seconds, that surely ends within *longest* seconds."""

    name: str
    interval: int
    run: Callable[[], object]
    longest: int = 60


class Timetable:
    """Runs jobs, one after the other, until stopped. *context* opens an application context."""

    def __init__(self, context: Callable[[], AbstractContextManager[Any]], jobs: Sequence[Job]) -> None:
        self._context = context
        self._jobs = jobs
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Begin no further job."""
        self._stopped.set()

    def run(self) -> None:
        """Run what is due until stopped."""
        due = dict.fromkeys((job.name for job in self._jobs), time.monotonic())
        while not self._stopped.is_set():
            for job in self._jobs:
                if due[job.name] <= time.monotonic() and not self._stopped.is_set():
                    # Asked more often than it runs: whose turn it is, the lock says.
                    due[job.name] = time.monotonic() + max(1, job.interval / 20)
                    with self._context():
                        run_once(job)
            self._stopped.wait(max(0.05, min([*due.values(), time.monotonic() + 1]) - time.monotonic()))


def run_once(job: Job) -> bool:
    """Run *job* unless it is running, or ran in this interval, anywhere; return whether it ran to its end."""
    store = EPHEMERAL.get()
    token = str(uuid7()).encode()
    running = f"job:{{{job.name}}}:running"
    try:
        if not store.add_if_absent(f"job:{{{job.name}}}:done", token, job.interval):
            return False
        if not store.add_if_absent(running, token, job.longest):
            return False
    except Unavailable:
        return False
    try:
        job.run()
    except IdpError as error:
        _log.warning("job failed", job_name=job.name, error_code=error.code)
        return False
    except Exception:  # noqa: BLE001 - the other jobs go on
        _log.exception("job failed", job_name=job.name)
        return False
    finally:
        db.session.remove()
        _release(running)
    return True


def _release(running: str) -> None:
    try:
        EPHEMERAL.get().delete(running)
    except Unavailable:
        _log.warning("job lock stays until its end")
