"""What the provider has told this site about a person, and what the site did: a list for their eyes, in memory."""

import threading
from collections import OrderedDict, deque
from dataclasses import dataclass

from clients.sites.language import Text

_MAX_PEOPLE = 10_000
_MAX_ENTRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event: ``name`` is the last word of its type, ``at`` when it came."""

    jti: str
    name: str
    at: float
    what: Text
    done: Text
    items: tuple[str, ...] = ()


class Heard:
    """By person, newest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: OrderedDict[str, deque[Entry]] = OrderedDict()

    def note(self, sub: str, entry: Entry) -> None:
        """Add ``entry``; an event told twice stands there once."""
        with self._lock:
            entries = self._people.setdefault(sub, deque(maxlen=_MAX_ENTRIES))
            self._people.move_to_end(sub)
            if all(one.jti != entry.jti for one in entries):
                entries.appendleft(entry)
            while len(self._people) > _MAX_PEOPLE:
                self._people.popitem(last=False)

    def of(self, sub: str) -> tuple[Entry, ...]:
        """What was heard about ``sub``."""
        with self._lock:
            return tuple(self._people.get(sub, ()))
