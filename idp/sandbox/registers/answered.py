"""What was answered under which idempotency key: the same question gets the same answer, another one none."""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from idp.sandbox.registers.question import Told
from idp.sandbox.registers.registry import Registry
from idp.sandbox.registers.sources import Source

REMEMBERED = 10_000


class Conflict(Exception):
    """The key was used for another question."""


class Answered:
    """What was answered under which key; the oldest are forgotten."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, tuple[str, Told]] = OrderedDict()
        self._lock = threading.Lock()

    def once(
        self, key: str, digest: str, source: Source, registry: Registry, question: Mapping[str, Any]
    ) -> Told:
        """Return the answer to this question; raises Conflict, BadQuestion."""
        with self._lock:
            known = self._answers.get(key)
            if known is not None:
                if known[0] != digest:
                    raise Conflict
                return known[1]
            # Inside the lock: of two that come together one is answered, the other gets the same.
            told = source.answer(registry, question)
            self._answers[key] = (digest, told)
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
            return told
