"""Where the relying party keeps what must not be in the browser: a small store, in memory by default.

A deployer with more than one process gives another one: every method is a single command on Redis
(``SET … EX``, ``GET``, ``GETDEL``, ``SET … NX EX``). The store does not know what it keeps;
``browser_sessions`` does.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol


class SessionStore(Protocol):
    """Texts under (kind, key), each with a life in seconds."""

    def put(self, kind: str, key: str, value: str, seconds: float) -> None:
        """Keep ``value``, in place of what was there."""
        ...

    def find(self, kind: str, key: str) -> str | None:
        """What is kept there and still alive."""
        ...

    def take(self, kind: str, key: str) -> str | None:
        """The same, and remove it: of two at once only one gets it."""
        ...

    def add_if_absent(self, kind: str, key: str, value: str, seconds: float) -> bool:
        """Keep ``value`` unless something alive is there; whether it was kept."""
        ...


class InMemorySessionStore:
    """For one process: ``max_entries`` of each kind, the oldest goes first.

    Kinds are bounded apart, so that a flood of logins begun cannot push out people who are logged in.
    """

    def __init__(self, *, max_entries: int = 100_000, now: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._now = now
        self._lock = threading.Lock()
        self._kinds: dict[str, OrderedDict[str, tuple[float, str]]] = {}

    def put(self, kind: str, key: str, value: str, seconds: float) -> None:
        """See ``SessionStore``."""
        with self._lock:
            self._put(kind, key, value, seconds)

    def find(self, kind: str, key: str) -> str | None:
        """See ``SessionStore``."""
        with self._lock:
            return self._alive(self._kinds.get(kind, OrderedDict()).get(key))

    def take(self, kind: str, key: str) -> str | None:
        """See ``SessionStore``."""
        with self._lock:
            return self._alive(self._kinds.get(kind, OrderedDict()).pop(key, None))

    def add_if_absent(self, kind: str, key: str, value: str, seconds: float) -> bool:
        """See ``SessionStore``."""
        with self._lock:
            if self._alive(self._kinds.get(kind, OrderedDict()).get(key)) is not None:
                return False
            self._put(kind, key, value, seconds)
            return True

    def _put(self, kind: str, key: str, value: str, seconds: float) -> None:
        entries = self._kinds.setdefault(kind, OrderedDict())
        entries.pop(key, None)
        entries[key] = (self._now() + seconds, value)
        while entries and (len(entries) > self._max_entries or self._is_over(next(iter(entries.values())))):
            entries.popitem(last=False)

    def _alive(self, entry: tuple[float, str] | None) -> str | None:
        return None if entry is None or self._is_over(entry) else entry[1]

    def _is_over(self, entry: tuple[float, str]) -> bool:
        return entry[0] <= self._now()
