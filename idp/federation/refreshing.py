"""Keeping the chains in use confirmed and fresh, in a thread of its own, so that nobody who needs one waits.

Superiors of a chain in use are asked again well before its last answers are too old; a chain that nears its end, or was
found long ago, is looked for from the beginning. The thread begins with the first chain and ends when none is in use.
"""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from idp import clock, logs
from idp.db import db
from idp.errors import IdpError
from idp.federation.discovery import Candidate
from idp.federation.known_chains import Known, Name
from idp.federation.resolution import Resolution
from idp.federation.trust_chain import ChainRefused
from idp.per_app import PerApp
from idp.settings import SETTINGS

TICK = 1.0  # seconds
# Of the time after which an answer is too old.
EARLY = 0.6
AT_ONCE = 50
# What an entity says of itself is read anew this often; after a failure, tried again sooner.
RENEW_SECONDS = 600.0
AGAIN_SECONDS = 60.0
LOG = logs.get(__name__)


class Refreshing:
    """The thread of one process. *context* opens an application context."""

    def __init__(
        self, resolution: Resolution, context: Callable[[], AbstractContextManager[Any]], recheck: float
    ) -> None:
        self._resolution = resolution
        self._context = context
        self._recheck = recheck
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        resolution.on_use = self.begin

    def begin(self) -> None:
        """Run until no chain is in use any more."""
        with self._lock:
            if self._thread is None and not self._stopped.is_set():
                self._thread = threading.Thread(target=self._run, name="federation-refreshing", daemon=True)
                self._thread.start()

    def close(self, timeout: float = 5) -> None:
        """Stop."""
        self._stopped.set()
        thread = self._thread
        if thread is not None:
            thread.join(timeout)

    def run_once(self) -> None:
        """Confirm and renew what is due. Needs an application context."""
        now = self._resolution.timer()
        known = self._resolution.known.in_use()
        due = sorted(
            ((name, one) for name, one in known if now - one.asked > EARLY * self._recheck),
            key=lambda pair: pair[1].asked,
        )
        for start in range(0, len(due), AT_ONCE):
            self._confirm(due[start : start + AT_ONCE])
        renewable = [(name, one) for name, one in known if self._is_to_be_renewed(one)]
        for name, one in sorted(renewable, key=lambda pair: pair[1].found)[:AT_ONCE]:
            self._renew(name, one)

    def _confirm(self, due: Sequence[tuple[Name, Known]]) -> None:
        since = self._resolution.known.announced()
        deadline = time.monotonic() + SETTINGS.get().federation.resolve_seconds
        said = self._resolution.confirmation.confirm_all(
            [(one.tokens, one.edges) for _, one in due], deadline=deadline
        )
        for (name, one), confirmed in zip(due, said, strict=True):
            self._resolution.settle(name, Candidate(one.chain.path, one.tokens, one.edges), confirmed, since)

    def _is_to_be_renewed(self, one: Known) -> bool:
        life = one.chain.expires_at - one.chain.iat
        near = one.chain.expires_at - clock.timestamp() < max(2 * self._recheck, life / 10)
        age = self._resolution.timer() - one.found
        return age > (AGAIN_SECONDS if near else RENEW_SECONDS)

    def _renew(self, name: Name, one: Known) -> None:
        try:
            self._resolution.look(name, known=True)
        except (ChainRefused, IdpError) as error:
            # What was confirmed holds on until its statements end; in a while we try again.
            one.found = self._resolution.timer() - RENEW_SECONDS + AGAIN_SECONDS
            LOG.info("a trust chain is not renewed yet", entity=name[0], reason=str(error))

    def _run(self) -> None:
        idle_since = time.monotonic()
        while not self._stopped.wait(TICK):
            try:
                with self._context():
                    self.run_once()
                    db.session.remove()
            except Exception:  # the next round goes on
                LOG.exception("trust chains are not confirmed")
            if self._resolution.known.in_use():
                idle_since = time.monotonic()
            with self._lock:
                # Until then what is known may be used once more without anybody asking, us included.
                if time.monotonic() - idle_since > 2 * self._recheck:
                    self._thread = None
                    return


REFRESHING: PerApp[Refreshing] = PerApp("federation_refreshing")
