"""Waiting for what another thread or process does, no longer than it may take."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], seconds: float = 8) -> None:
    """Return as soon as *condition* holds; fail when it does not in *seconds*."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)
