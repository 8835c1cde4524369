"""A bounded memory of this process: the entries used last, each until its end, the longest unused one goes first."""

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


class Bounded(Generic[K, T]):
    """At most *size* entries that live *life* seconds. Not safe for threads by itself."""

    def __init__(self, size: int, life: float, timer: Callable[[], float] = time.monotonic) -> None:
        self._entries: OrderedDict[K, tuple[float, T]] = OrderedDict()
        self._size = size
        self._life = life
        self._timer = timer

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> T | None:
        """Return what is there and has not ended."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        end, value = entry
        if self._timer() >= end:
            del self._entries[key]
            return None
        self._entries.move_to_end(key)
        return value

    def put(self, key: K, value: T) -> None:
        """Keep *value*, and forget what was not used longest."""
        self._entries[key] = (self._timer() + self._life, value)
        self._entries.move_to_end(key)
        while len(self._entries) > self._size:
            self._entries.popitem(last=False)

    def items(self) -> list[tuple[K, T]]:
        """Return all that is kept, ended or not; using it this way keeps nothing longer."""
        return [(key, value) for key, (_end, value) in self._entries.items()]

    def forget(self, key: K) -> None:
        """Forget one entry."""
        self._entries.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._entries.clear()
