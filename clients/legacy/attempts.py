"""How many wrong tries there were lately, for each name; in this process, bounded."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

_MOST_NAMES = 10_000


class Attempts:
    """At most ``most`` wrong ones in ``seconds``."""

    def __init__(self, *, most: int, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._now = now
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    def are_too_many(self, name: str) -> bool:
        """Whether nobody may try this name for now."""
        with self._lock:
            return len(self._recent(name)) >= self._most

    def count(self, name: str) -> None:
        """One more was wrong."""
        with self._lock:
            self._wrong[name] = [*self._recent(name), self._now()]
            self._wrong.move_to_end(name)
            while len(self._wrong) > _MOST_NAMES:
                self._wrong.popitem(last=False)

    def _recent(self, name: str) -> list[float]:
        return [at for at in self._wrong.get(name, []) if self._now() - at < self._seconds]
