"""Stops asking a service elsewhere that does not answer, and keeps slow ones from taking every thread.

One circuit for each source, in this process: after FAILURES in a row nobody is let through for REST seconds, then
one question is, and its outcome decides (closed → open → half open). Meanwhile people are told at once to come back
later instead of waiting for the time-out. Of all threads only a part may wait for such services at a time.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from idp.errors import Unavailable

FAILURES = 5
REST = 30.0  # seconds
BUSY_RETRY = 5  # seconds
# A third of a server's threads: the others stay for whoever needs none of these services.
SHARE = 3


@dataclass
class _Circuit:
    failures: int = 0
    shut_until: float = 0.0


class CircuitBreakers:
    """The circuits of one kind of service in one process. *at_once* questions may be under way together.

    *code* is the error while a circuit is open.
    """

    def __init__(self, code: str, at_once: int, timer: Callable[[], float] = time.monotonic) -> None:
        self._code = code
        self._room = threading.BoundedSemaphore(at_once)
        self._circuits: dict[str, _Circuit] = {}
        self._timer = timer
        self._lock = threading.Lock()

    @contextmanager
    def passed(self, source: str) -> Iterator[None]:
        """Go through, if one may; raises Unavailable with the code given or ``busy``, and ``retry_after``.

        The question asked inside must tell `succeeded` or `failed`.
        """
        self._check(source)
        if not self._room.acquire(blocking=False):
            raise Unavailable(
                "busy", detail=f"{source}: too many questions under way", retry_after=BUSY_RETRY
            )
        try:
            yield
        finally:
            self._room.release()

    def succeeded(self, source: str) -> None:
        """Close the circuit: the source answered."""
        with self._lock:
            self._circuits.pop(source, None)

    def failed(self, source: str) -> None:
        """Count a failure; the circuit opens when it is one too many."""
        with self._lock:
            circuit = self._circuits.setdefault(source, _Circuit())
            circuit.failures += 1
            if circuit.failures >= FAILURES:
                circuit.shut_until = self._timer() + REST

    def _check(self, source: str) -> None:
        now = self._timer()
        with self._lock:
            circuit = self._circuits.get(source)
            if circuit is None or circuit.failures < FAILURES:
                return
            if now >= circuit.shut_until:
                # Half open: this one tries, the next ones wait for what becomes of it.
                circuit.shut_until = now + REST
                return
            left = max(1, int(circuit.shut_until - now) + 1)
        raise Unavailable(self._code, detail=f"{source}: circuit open", retry_after=left)


def for_threads(code: str, threads: int) -> CircuitBreakers:
    """Return circuits for a server with that many threads."""
    return CircuitBreakers(code, max(1, threads // SHARE))
