"""What a site keeps about a person beyond their login: the items they let it have, and which they took back.

In memory, as everything of these sites: they are shown, nobody relies on them. What is taken back is taken back from
what was received before that moment; a word that comes late takes nothing of what was given again since.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, field

_MAX_PEOPLE = 10_000


@dataclass(slots=True)
class _Held:
    items: dict[str, tuple[str, float]] = field(default_factory=dict)
    taken_back: dict[str, float] = field(default_factory=dict)


class Holdings:
    """By person (``sub``) and item. ``at`` is by the provider's clock, as in ID tokens and events."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: OrderedDict[str, _Held] = OrderedDict()

    def keep(self, sub: str, item: str, value: str, at: float) -> None:
        """Keep ``value``, received at ``at``, unless it was taken back since."""
        with self._lock:
            held = self._held(sub)
            if held.taken_back.get(item, float("-inf")) < at:
                held.taken_back.pop(item, None)
                held.items[item] = (value, at)

    def find(self, sub: str, item: str) -> str | None:
        """What is kept."""
        with self._lock:
            held = self._people.get(sub)
            kept = held.items.get(item) if held else None
            return kept[0] if kept else None

    def delete(self, sub: str, item: str) -> None:
        """Keep it no longer, as the person wished here."""
        with self._lock:
            self._held(sub).items.pop(item, None)

    def take_back(self, sub: str, items: Collection[str], at: float) -> None:
        """The person takes ``items`` back at the provider."""
        with self._lock:
            held = self._held(sub)
            for item in items:
                held.taken_back[item] = max(at, held.taken_back.get(item, at))
                if item in held.items and held.items[item][1] <= at:
                    del held.items[item]

    def when_taken_back(self, sub: str, item: str) -> float | None:
        """When the person did, unless they have given it again."""
        with self._lock:
            held = self._people.get(sub)
            return held.taken_back.get(item) if held else None

    def delete_all(self, sub: str, at: float) -> int:
        """Delete what was received until ``at``; how many items that were."""
        with self._lock:
            held = self._held(sub)
            old = [item for item, (_, received_at) in held.items.items() if received_at <= at]
            for item in old:
                del held.items[item]
            return len(old)

    def _held(self, sub: str) -> _Held:
        held = self._people.setdefault(sub, _Held())
        self._people.move_to_end(sub)
        while len(self._people) > _MAX_PEOPLE:
            self._people.popitem(last=False)
        return held
