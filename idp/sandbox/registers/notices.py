"""Telling the provider what changed: signed notices to its ``/register_notices`` (docs/registers.md).

Each is tried a few times. The registers do not wait for it: a thread sends, the page shows how it went.
"""

import queue
import threading
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime

import httpx

from idp import clock, logs, outgoing
from idp.keys import compact_jwt
from idp.sandbox.registers.folder import Folder
from idp.sandbox.registers.switches import Change
from idp.uuid7 import uuid7

TYP = "register-notice+jwt"
MIMETYPE = "application/jose"
LIFE = 300  # seconds
ATTEMPTS = 5
PAUSE = 0.5  # seconds before the second attempt; each next one twice as long
KEPT = 50
SECONDS = 3.0

_log = logs.get(__name__)


@dataclass
class Notice:
    """One notice, and how it went: ``waiting``, ``told`` or the reason why not."""

    change: Change
    made_at: datetime
    outcome: str = "waiting"


class Notices:
    """Sends to *url*, one after the other, from a thread of its own; an empty url sends nothing."""

    def __init__(self, folder: Folder, url: str) -> None:
        self._key = folder.register_key
        self._url = url
        self._waiting: queue.SimpleQueue[Notice] = queue.SimpleQueue()
        self._sent: deque[Notice] = deque(maxlen=KEPT)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def send(self, change: Change) -> Notice:
        """Send soon."""
        notice = Notice(change, clock.now())
        self._sent.appendleft(notice)
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
                self._thread.start()
        self._waiting.put(notice)
        return notice

    def sent(self) -> list[Notice]:
        """Return the last notices, newest first."""
        return list(self._sent)

    def statement(self, change: Change) -> str:
        """Return the signed notice of *change*."""
        now = clock.timestamp()
        claims = {
            "iss": change.source,
            "iat": now,
            "exp": now + LIFE,
            "jti": str(uuid7()),
            "subject": change.subject,
            "change": change.change,
        }
        header = {"alg": "ES256", "kid": self._key.thumbprint(), "typ": TYP}
        return compact_jwt.sign(header, claims, self._key)

    def _run(self) -> None:
        while True:
            notice = self._waiting.get()
            notice.outcome = self._told(self.statement(notice.change).encode())

    def _told(self, statement: bytes) -> str:
        if not self._url:
            return "nobody listens"
        reason, pause = "", PAUSE
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(pause)
                pause *= 2
            try:
                reply = outgoing.exchange(
                    self._url,
                    seconds=SECONDS,
                    content=statement,
                    longest=65_536,
                    headers={"Content-Type": MIMETYPE},
                )
            except httpx.HTTPError as error:
                reason = type(error).__name__
                continue
            if reply.status < httpx.codes.BAD_REQUEST:
                return "told"
            reason = f"HTTP {reply.status}"
            if (
                reply.status < httpx.codes.INTERNAL_SERVER_ERROR
                and reply.status != httpx.codes.TOO_MANY_REQUESTS
            ):
                break
        _log.warning("notice not taken", reason=reason)
        return reason
