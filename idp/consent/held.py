"""What was decided before, without a query: bounded, in this process, forgotten everywhere when a record changes.

A change elsewhere reaches us by message within about a second, and at the latest when the entry has ended. What that
second might let through is caught where it counts (`tokens.consented`). app.py sets HELD and subscribes `forget` to
CHANNEL.
"""

import threading
import time
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from idp import logs
from idp.bounded import Bounded
from idp.consent import consent_record
from idp.consent.decision import Given
from idp.db import db
from idp.ephemeral.store import EPHEMERAL, EphemeralStore
from idp.errors import IdpError
from idp.per_app import PerApp

CHANNEL = "consent"
# What the store says when messages may have been missed.
EVERYTHING = "*"
# About 1 kB each.
ENTRIES = 2000
LIFE_SECONDS = 60.0
# Records that the present transaction has changed: what it reads of them must not be remembered.
_CHANGED = "consent.changed"

Key = tuple[UUID, str]
_log = logs.get(__name__)


class HeldConsents:
    """The decisions that this process has used lately."""

    def __init__(self, entries: int = ENTRIES, timer: Callable[[], float] = time.monotonic) -> None:
        self._entries: Bounded[Key, Given] = Bounded(entries, LIFE_SECONDS, timer)
        self._lock = threading.Lock()
        self._forgotten = 0

    def __len__(self) -> int:
        with self._lock:
            return len(self._entries)

    def find(self, key: Key) -> Given | None:
        """Return what was decided, or None; asks the database only when it is not remembered."""
        if key in db.session.info.get(_CHANGED, ()):
            return consent_record.find(*key)
        with self._lock:
            found = self._entries.get(key)
            forgotten = self._forgotten
        if found is not None:
            return found
        loaded = consent_record.find(*key)
        with self._lock:
            # What was read before a change was announced must not outlive the announcement.
            if loaded is not None and forgotten == self._forgotten:
                self._entries.put(key, loaded)
        return loaded

    def forget(self, message: str) -> None:
        """Read one record anew at its next use; *message* is ``<account id> <client_id>``, or ``*`` for every one."""
        account_id, _, client_id = message.partition(" ")
        with self._lock:
            self._forgotten += 1
            if message == EVERYTHING:
                self._entries.clear()
            else:
                self._entries.forget((UUID(account_id), client_id))


HELD: PerApp[HeldConsents] = PerApp("held_consents")


def find(account_id: UUID, client_id: str) -> Given | None:
    """Return what was decided before, or None (no query when it was used lately)."""
    return HELD.get().find((account_id, client_id))


def forget(account_id: UUID, client_id: str) -> None:
    """Read that record anew here at its next use: what was remembered of it has turned out to be old."""
    HELD.get().forget(f"{account_id} {client_id}")


def changed(account_id: UUID, client_id: str) -> None:
    """Note that the present transaction changes that record: everybody forgets it once this has ended."""
    session = db.session()
    keys: set[Key] | None = session.info.get(_CHANGED)
    if keys is None:
        keys = session.info[_CHANGED] = set()
        held, store = HELD.get(), EPHEMERAL.get()

        def announce(_session: Session, transaction: SessionTransaction) -> None:
            # After a rollback too: a needless message costs nothing, a stale entry would.
            while keys and transaction.parent is None:
                account, client = keys.pop()
                _announce(f"{account} {client}", held, store)

        event.listen(session, "after_transaction_end", announce)
    keys.add((account_id, client_id))


def _announce(message: str, held: HeldConsents, store: EphemeralStore) -> None:
    held.forget(message)
    try:
        store.publish(CHANNEL, message)
    except IdpError as error:
        # It is committed; the others find out when their entry has ended.
        _log.warning("change of a consent not announced", error_code=error.code)
