"""Where the relying party keeps what must not be in the browser: a small store, in memory by default.

A deployer with more than one process gives another one: every method is a command or two on Redis (named
with each). The store does not know what it keeps; ``browser_sessions`` does.
"""

import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Protocol


class SessionStore(Protocol):
    """Texts under (kind, key), each with a life in seconds; some are in groups, by which they are found."""

    def put(self, kind: str, key: str, value: str, seconds: float, groups: Collection[str] = ()) -> None:
        """Keep ``value``, in place of what was there (``SADD`` and ``EXPIRE`` of each group, ``SET … EX``)."""
        ...

    def replace(self, kind: str, key: str, value: str, seconds: float, groups: Collection[str] = ()) -> bool:
        """The same, but only where something alive is; whether it was kept (``SET … XX EX``)."""
        ...

    def find(self, kind: str, key: str) -> str | None:
        """What is kept there and still alive (``GET``)."""
        ...

    def find_group(self, kind: str, group: str) -> list[str]:
        """The keys in ``group``; some may have ended meanwhile (``SMEMBERS``)."""
        ...

    def take(self, kind: str, key: str) -> str | None:
        """What is kept there, and remove it: of two at once only one gets it (``GETDEL``)."""
        ...

    def add_if_absent(self, kind: str, key: str, value: str, seconds: float) -> bool:
        """Keep ``value`` unless something alive is there; whether it was kept (``SET … NX EX``)."""
        ...


@dataclass(frozen=True, slots=True)
class _Entry:
    value: str
    ends_at: float
    groups: tuple[str, ...]


class InMemorySessionStore:
    """For one process: ``max_entries`` of each kind, the oldest goes first, and out of its groups.

    Kinds are bounded apart, so that a flood of logins begun cannot push out people who are logged in.
    """

    def __init__(self, *, max_entries: int = 100_000, now: Callable[[], float] = time.monotonic) -> None:
        self._max_entries = max_entries
        self._now = now
        self._lock = threading.Lock()
        self._kinds: defaultdict[str, OrderedDict[str, _Entry]] = defaultdict(OrderedDict)
        self._groups: dict[tuple[str, str], set[str]] = {}

    def put(self, kind: str, key: str, value: str, seconds: float, groups: Collection[str] = ()) -> None:
        """See ``SessionStore``."""
        with self._lock:
            self._put(kind, key, value, seconds, groups)

    def replace(self, kind: str, key: str, value: str, seconds: float, groups: Collection[str] = ()) -> bool:
        """See ``SessionStore``."""
        with self._lock:
            if self._find(kind, key) is None:
                return False
            self._put(kind, key, value, seconds, groups)
            return True

    def find(self, kind: str, key: str) -> str | None:
        """See ``SessionStore``."""
        with self._lock:
            return self._find(kind, key)

    def find_group(self, kind: str, group: str) -> list[str]:
        """See ``SessionStore``."""
        with self._lock:
            return list(self._groups.get((kind, group), ()))

    def take(self, kind: str, key: str) -> str | None:
        """See ``SessionStore``."""
        with self._lock:
            found = self._find(kind, key)
            self._remove(kind, key)
            return found

    def add_if_absent(self, kind: str, key: str, value: str, seconds: float) -> bool:
        """See ``SessionStore``."""
        with self._lock:
            if self._find(kind, key) is not None:
                return False
            self._put(kind, key, value, seconds, ())
            return True

    def _find(self, kind: str, key: str) -> str | None:
        entry = self._kinds[kind].get(key)
        return None if entry is None or entry.ends_at <= self._now() else entry.value

    def _put(self, kind: str, key: str, value: str, seconds: float, groups: Collection[str]) -> None:
        self._remove(kind, key)
        entries = self._kinds[kind]
        entries[key] = _Entry(value, self._now() + seconds, tuple(groups))
        for group in groups:
            self._groups.setdefault((kind, group), set()).add(key)
        while entries:
            oldest, entry = next(iter(entries.items()))
            if len(entries) <= self._max_entries and entry.ends_at > self._now():
                break
            self._remove(kind, oldest)

    def _remove(self, kind: str, key: str) -> None:
        entry = self._kinds[kind].pop(key, None)
        for group in entry.groups if entry else ():
            keys = self._groups[kind, group]
            keys.discard(key)
            if not keys:
                del self._groups[kind, group]
