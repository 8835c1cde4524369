"""Publish and subscribe over a polled table, for providers without Redis.

A message is one row; each process asks for new rows twice a second. After an error or a long pause (rows are
kept a minute) listeners hear ``"*"``: everything may have changed.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from idp import clock, logs
from idp.errors import Unavailable

POLL = 0.5  # seconds
KEPT = 60_000  # milliseconds that a message stays
# Numbers are given before rows become visible, so a smaller one may appear after a larger one.
LOOK_BACK = 64

Execute = Callable[[str, Mapping[str, Any]], list[Any]]
Listener = Callable[[str], None]

PUBLISH = "INSERT INTO ephemeral_messages (channel, message, sent_at) VALUES (:channel, :message, :now)"
FORGET = "DELETE FROM ephemeral_messages WHERE sent_at < :before"
NEWEST = "SELECT coalesce(max(id), 0) FROM ephemeral_messages"
READ = "SELECT id, channel, message FROM ephemeral_messages WHERE id > :after ORDER BY id"

_log = logs.get(__name__)


class Mailbox:
    """Messages of the ephemeral store on a database."""

    def __init__(self, execute: Execute) -> None:
        self._execute = execute
        self._listeners: list[tuple[str, Listener]] = []
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def publish(self, channel: str, message: str) -> None:
        """Add one row, and forget the old ones."""
        now = int(clock.now().timestamp() * 1000)
        self._execute(PUBLISH, {"channel": channel, "message": message, "now": now})
        self._execute(FORGET, {"before": now - KEPT})

    def subscribe(self, channel: str, listener: Listener) -> None:
        """Listen from now on."""
        with self._lock:
            self._listeners.append((channel, listener))
            if self._thread is None:
                self._thread = threading.Thread(target=self._poll, name="ephemeral-mailbox", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop polling."""
        self._stopped.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5)

    def _poll(self) -> None:
        newest: int | None = None
        seen: set[int] = set()
        last = time.monotonic()
        while not self._stopped.is_set():
            try:
                if newest is None:
                    newest = int(self._execute(NEWEST, {})[0][0])
                    seen = set(range(max(0, newest - LOOK_BACK), newest + 1))
                    self._tell_all("*")
                elif time.monotonic() - last > KEPT / 2000:
                    newest = None
                    continue
                rows = self._execute(READ, {"after": newest - LOOK_BACK})
                last = time.monotonic()
                for number, channel, message in rows:
                    if number not in seen:
                        seen.add(number)
                        newest = max(newest, number)
                        self._tell(channel, message)
                oldest = newest - LOOK_BACK
                seen = {number for number in seen if number > oldest}
            except Unavailable:
                newest = None
            self._stopped.wait(POLL)

    def _tell_all(self, message: str) -> None:
        for channel in {channel for channel, _ in list(self._listeners)}:
            self._tell(channel, message)

    def _tell(self, channel: str, message: str) -> None:
        for name, listener in list(self._listeners):
            if name == channel:
                try:
                    listener(message)
                except Exception:  # noqa: BLE001 - one listener must not deafen the others
                    _log.exception("listener failed", channel=channel)
