"""SIGTERM, Ctrl-C and a terminal that went away, surely noticed.

Python runs a signal's handler in the main thread when that wakes up. Two signals in quick succession (Ctrl-C
reaches a whole group of processes, then the parent tells each child) may be taken by another thread, and a
main thread that waits for a lock sleeps on. The wake-up descriptor is written to whichever thread the signal
hits.
"""

import ctypes
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

PR_SET_PDEATHSIG = 1


class StopSignals:
    """From its making on no signal to stop is lost; `call` says what it does. Made in the main thread."""

    def __init__(self) -> None:
        self._read, write = os.pipe()
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in STOP:
            signal.signal(number, _do_nothing)

    def call(self, function: Callable[[], object]) -> None:
        """Call *function* once, in a thread, when the first signal comes or has come already."""
        threading.Thread(target=self._wait, args=(function,), name="stop-signals", daemon=True).start()

    def _wait(self, function: Callable[[], object]) -> None:
        while os.read(self._read, 1)[0] not in STOP:
            pass
        function()


def stop_with_parent() -> None:
    """Have the system send us SIGTERM when the process that started us ends, however it ends (prctl(2), Linux)."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _do_nothing(_number: int, _frame: FrameType | None) -> None:
    """Stand where the system would end the process."""
