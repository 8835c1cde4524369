"""What is wrong with the registers at the moment, by source: for trying out how the provider bears it."""

import threading

SLOW, DOWN, WRONG_SIGNATURE, WRONG_ANSWER = "slow", "down", "wrong_signature", "another_answer"
KINDS = (SLOW, DOWN, WRONG_SIGNATURE, WRONG_ANSWER)
EVERY = "all"
SLOW_SECONDS = 8.0  # longer than anybody waits


class Faults:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self._kinds: dict[str, str] = {}
        self._lock = threading.Lock()
        self.slow_seconds = SLOW_SECONDS
        self.silent = False  # no notices are sent: the daily check must find what changed

    def of(self, source: str) -> str:
        """Return what is wrong with *source*, or ``""``."""
        with self._lock:
            return self._kinds.get(source) or self._kinds.get(EVERY, "")

    def set(self, source: str, kind: str) -> None:
        """Switch *kind* on for *source*; an empty one switches off what is on."""
        with self._lock:
            if kind:
                self._kinds[source] = kind
            else:
                self._kinds.pop(source, None)

    def clear(self) -> None:
        """Make everything well."""
        with self._lock:
            self._kinds.clear()
            self.silent = False

    def all(self) -> dict[str, str]:
        """Return what is switched on, by source."""
        with self._lock:
            return dict(self._kinds)
