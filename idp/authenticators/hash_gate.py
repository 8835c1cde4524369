"""The gate before password hashing: a few at a time, a few waiting, everybody else is told to come back.

A hash takes a core for about 21 ms. Without the gate, a rush of logins would take every thread and the
machines' requests would wait behind them (design, "Hashing must not starve the machines").
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from idp import metrics
from idp.errors import Unavailable
from idp.settings import Settings

LONGEST_WAIT = 10.0  # seconds; a person has gone away long before
RETRY_AFTER = 2  # seconds


class HashGate:
    """Lets *concurrent* threads through at a time and *waiting* more stand in line."""

    def __init__(self, concurrent: int, waiting: int, longest_wait: float = LONGEST_WAIT) -> None:
        self._free = threading.Semaphore(concurrent)
        self._room = threading.Semaphore(concurrent + waiting)
        self._longest_wait = longest_wait

    @contextmanager
    def passed(self) -> Iterator[None]:
        """Stand in line and go through; raises Unavailable ``busy`` when the line is full or stuck."""
        with self.place(), self.turn():
            yield

    @contextmanager
    def place(self) -> Iterator[None]:
        """Have a place in the line, at its gate or not; raises Unavailable ``busy`` when it is full."""
        if not self._room.acquire(blocking=False):
            raise _busy("the line for password hashes is full")
        try:
            with metrics.hashing():
                yield
        finally:
            self._room.release()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Go through from a `place`; raises Unavailable ``busy`` when the line is stuck."""
        if not self._free.acquire(timeout=self._longest_wait):
            raise _busy("the line for password hashes does not move")
        try:
            yield
        finally:
            self._free.release()


def from_settings(settings: Settings) -> HashGate:
    """Size the gate together with the server's threads: a quarter of them is always left for the machines."""
    cores = os.cpu_count() or 1
    concurrent = settings.passwords.concurrent or max(1, cores // settings.serving.workers)
    threads = settings.serving.threads
    for_people = threads - max(1, threads // 4)
    return HashGate(concurrent, min(settings.passwords.waiting, max(1, for_people - concurrent)))


def _busy(detail: str) -> Unavailable:
    return Unavailable("busy", detail=detail, retry_after=RETRY_AFTER)
