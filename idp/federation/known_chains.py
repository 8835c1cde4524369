"""The chains that this process knows, and lately found refusals: bounded memories, nobody is asked anything.

A chain counts while it has not ended and its superiors were asked lately. What was read before a change was announced
does not outlive the announcement.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from idp import clock
from idp.bounded import Bounded
from idp.federation.announcement import EVERYTHING
from idp.federation.discovery import Edge
from idp.federation.trust_chain import TrustChain

ENTRIES = 2000
REFUSED_ENTRIES = 1000
# A stranger cannot make us look more often than this; what is mended elsewhere counts after it.
REFUSED_SECONDS = 10.0
# What an entity brings along is read this often while a chain is known: each time costs questions to its superiors.
GIVEN_SECONDS = 10.0
LIFE_SECONDS = 30 * 86_400.0
ANNOUNCEMENTS = 256

# The entity, and the anchor that was asked for ("": any).
Name = tuple[str, str]


@dataclass(slots=True)
class Known:
    """A chain. Moments are monotonic: when its superiors were *asked* last, when it was *used*, *found*."""

    chain: TrustChain
    tokens: tuple[str, ...]
    edges: tuple[Edge, ...]
    asked: float
    used: float
    found: float


class KnownChains:
    """The chains used lately, each good for *recheck* seconds after its superiors were asked."""

    def __init__(
        self, recheck: float, entries: int = ENTRIES, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._recheck = recheck
        self._timer = timer
        self._known: Bounded[Name, Known] = Bounded(entries, LIFE_SECONDS, timer)
        self._refused: Bounded[Name, Exception] = Bounded(REFUSED_ENTRIES, REFUSED_SECONDS, timer)
        self._given: Bounded[Name, bool] = Bounded(entries, GIVEN_SECONDS, timer)
        self._announced: deque[str] = deque(maxlen=ANNOUNCEMENTS)
        self._count = 0
        self._lock = threading.Lock()

    def find(self, name: Name) -> Known | None:
        """Return the chain that counts now."""
        known = self.find_unconfirmed(name)
        if known is None:
            return None
        known.used = now = self._timer()
        return known if now - known.asked < self._recheck else None

    def find_unconfirmed(self, name: Name) -> Known | None:
        """Return the chain that counts once its superiors have been asked again."""
        with self._lock:
            known = self._known.get(name)
        return None if known is None or known.chain.expires_at <= clock.timestamp() else known

    def find_refusal(self, name: Name) -> Exception | None:
        """Return what was found instead of a chain a moment ago."""
        with self._lock:
            return self._refused.get(name)

    def was_given(self, name: Name) -> bool:
        """Whether the entity brought a good chain along a moment ago."""
        with self._lock:
            return bool(self._given.get(name))

    def note_given(self, name: Name) -> None:
        """Remember for a moment that it did."""
        with self._lock:
            self._given.put(name, True)

    def in_use(self) -> list[tuple[Name, Known]]:
        """Return the chains that were used since their superiors were asked."""
        with self._lock:
            return [(name, known) for name, known in self._known.items() if known.used > known.asked]

    def announced(self) -> int:
        """Return how many changes were announced so far: for `put` and `refuse`."""
        return self._count

    def put(self, name: Name, known: Known, since: int) -> None:
        """Remember a chain, unless a change on its path was announced *since*."""
        with self._lock:
            if not self._is_outdated(since, known.chain.path):
                self._refused.forget(name)
                self._known.put(name, known)

    def refuse(self, name: Name, error: Exception, since: int) -> None:
        """Remember for a moment that there is no chain, unless anything was announced *since*."""
        with self._lock:
            self._known.forget(name)
            if since == self._count:
                self._refused.put(name, error)

    def drop(self, name: Name, known: Known) -> None:
        """Forget this chain, unless there is another one already."""
        with self._lock:
            if self._known.get(name) is known:
                self._known.forget(name)

    def forget(self, message: str = EVERYTHING) -> None:
        """Drop every chain that passes through this entity (``*``: all), and all refusals."""
        with self._lock:
            self._count += 1
            self._announced.append(message)
            self._refused.clear()
            if message == EVERYTHING:
                self._known.clear()
            else:
                through = [name for name, known in self._known.items() if message in known.chain.path]
                for name in through:
                    self._known.forget(name)

    def sizes(self) -> tuple[int, int]:
        """Return how many chains and how many refusals are remembered."""
        with self._lock:
            return len(self._known), len(self._refused)

    def _is_outdated(self, since: int, path: tuple[str, ...]) -> bool:
        missed = self._count - since
        if missed > ANNOUNCEMENTS:
            return True
        recent = list(self._announced)[len(self._announced) - missed :]
        return any(message == EVERYTHING or message in path for message in recent)
