"""Counters of this process alone, for limits that must cost no round trip: requests of one RP, tries of one address.

Bounded in memory. With several processes the limit is that many times as high, which is fine for what only has to
stop floods; guessing is counted across processes by `idp.rate_limit`.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from idp.errors import TooMany
from idp.per_app import PerApp

ENTRIES = 10_000


class LocalLimit:
    """Fixed windows per key; the key not used for longest is forgotten first."""

    def __init__(self, entries: int = ENTRIES, timer: Callable[[], float] = time.monotonic) -> None:
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._entries = entries
        self._timer = timer
        self._lock = threading.Lock()

    def check(self, key: str, limit: int, window: int) -> None:
        """Count one more; raises TooMany with the seconds left when it is more than *limit* in *window* seconds."""
        now = self._timer()
        with self._lock:
            end, counted = self._windows.get(key, (0.0, 0))
            if now >= end:
                end, counted = now + window, 0
            self._windows[key] = (end, counted + 1)
            self._windows.move_to_end(key)
            if len(self._windows) > self._entries:
                self._windows.popitem(last=False)
        if counted >= limit:
            raise TooMany(
                "too_many_requests", detail=key.partition(":")[0], retry_after=max(1, int(end - now) + 1)
            )


LOCAL_LIMIT: PerApp[LocalLimit] = PerApp("local_limit")
