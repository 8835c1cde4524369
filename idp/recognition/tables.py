"""The table of mutual recognition that holds for this deployment, with our keys opened; app.py sets TABLES.

An anchor hosted here is read from its rows, one elsewhere asked at its ``mutual_recognition_endpoint``. What was
fetched counts till it ends when the anchor is away, and it is looked at again beside the requests, never in one: only
the first request of a process waits for it. Nobody makes us ask more often than every RETRY_SECONDS.
"""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from joserfc.jwk import KeySet

from idp import clock, logs, outgoing
from idp.db import db, transaction
from idp.errors import IdpError
from idp.federation import announcement, hosted_entity, resolution, signed_jwt, trust_anchor
from idp.federation.chain_refused import ChainRefused
from idp.federation.signed_jwt import JwtRefused
from idp.keys.master_key import MasterKeyError
from idp.per_app import PerApp
from idp.recognition import decryption_key, join_key, published_table, sealed_key, table
from idp.recognition.sealed_key import NotSealedForUs
from idp.recognition.table import InvalidTable, Member, Table
from idp.settings import SETTINGS

FRESH_SECONDS = 60.0
RETRY_SECONDS = 15.0
LOG = logs.get(__name__)


class TableUnavailable(Exception):
    """The anchor's table could not be had or is not good; the text says why."""


@dataclass(frozen=True)
class Known:
    """A table that counts, and the keys of the identity HMAC that it gives us, the present one first."""

    table: Table = field(repr=False)
    keys: tuple[join_key.Key, ...] = field(repr=False)
    # False where an anchor that comes before this one was silent: what it lists may count instead.
    is_certain: bool = True

    @property
    def others(self) -> list[Member]:
        """The providers of the other provinces, by division."""
        own = SETTINGS.get().issuer
        found = [one for one in self.table.members.values() if one.entity_id != own]
        return sorted(found, key=lambda one: (one.division_code, one.entity_id))

    def find_other(self, entity_id: str) -> Member | None:
        """Return that other provider, or None."""
        found = self.table.members.get(entity_id)
        return found if entity_id != SETTINGS.get().issuer else None


class Tables:
    """What this process knows. *context* opens an application context."""

    def __init__(
        self, context: Callable[[], AbstractContextManager[Any]], timer: Callable[[], float] = time.monotonic
    ) -> None:
        self._context = context
        self._timer = timer
        self._known: Known | None = None
        self._looked = float("-inf")
        self._fresh = 0.0
        self._forgotten = 0
        # True until the first look has ended, and after a change was announced: then a request waits for the next look.
        self._changed = True
        self._lock = threading.Lock()
        self._turn = threading.Lock()

    def begin(self) -> None:
        """Look for the first time, beside whatever the process does: no request should have to wait for it."""
        if self._turn.acquire(blocking=False):
            threading.Thread(target=self._look_aside, name="recognition", daemon=True).start()

    def find(self) -> Known | None:
        """Return what holds now, or None while no anchor lists us."""
        if self._is_stale():
            if self._changed:
                # Whoever holds a transaction waits for nobody who may need one.
                held = self._turn.acquire(blocking=not db.session().in_transaction())
                try:
                    if self._is_stale():
                        self._look()
                finally:
                    if held:
                        self._turn.release()
            elif self._turn.acquire(blocking=False):
                threading.Thread(target=self._look_aside, name="recognition", daemon=True).start()
        known = self._known
        return known if known is not None and known.table.holds(clock.timestamp()) else None

    def forget(self, _message: str = announcement.EVERYTHING) -> None:
        """Look again at the next use."""
        with self._lock:
            self._forgotten += 1
            self._looked, self._changed = float("-inf"), True

    def _is_stale(self) -> bool:
        return self._timer() - self._looked >= self._fresh

    def _look_aside(self) -> None:
        try:
            with self._context():
                self._look()
        except Exception:
            # It goes on with what is known; the next request tries again.
            LOG.exception("table of mutual recognition not looked at")
        finally:
            self._turn.release()

    def _look(self) -> None:
        forgotten = self._forgotten
        anchors = trust_anchor.all_anchors()
        held = self._known
        if held is not None and not (held.table.anchor in anchors and held.table.holds(clock.timestamp())):
            held = None
        found, failed = None, False
        for anchor, keys in anchors.items():
            before = held if held is not None and held.table.anchor == anchor else None
            try:
                found = _newest(_load(anchor, keys), before)
            except TableUnavailable as error:
                LOG.warning("table of mutual recognition not to be had", anchor=anchor, reason=str(error))
                # Nobody makes another anchor's table count by silencing this one.
                found, failed = before, True
            if found is not None:
                found = replace(found, is_certain=False) if failed and found is not before else found
                break
        with self._lock:
            self._known = found
            self._fresh = RETRY_SECONDS if failed and found is held else FRESH_SECONDS
            # What was read before a change was announced must not outlive the announcement.
            if forgotten == self._forgotten:
                self._looked, self._changed = self._timer(), False


TABLES: PerApp[Tables] = PerApp("recognition_tables")


def find() -> Known | None:
    """Return the table that holds for this deployment with its keys, or None where there is no recognition."""
    return TABLES.get().find()


def is_member(client_id: str) -> bool:
    """Whether *client_id* is the provider of another province: nobody else is told an identity HMAC."""
    known = find()
    return known is not None and known.find_other(client_id) is not None


def _newest(found: Known | None, before: Known | None) -> Known | None:
    """Return *found*; raises TableUnavailable for an older one than *before*: it was signed, and counts no more."""
    if found is not None and before is not None and found.table.issued_at < before.table.issued_at:
        raise TableUnavailable("older than the one that is known")
    return found


def _load(anchor: str, keys: KeySet) -> Known | None:
    """Return the anchor's table when we are in it; None when there is none, or we are not. Raises TableUnavailable."""
    with transaction():
        token = published_table.find(anchor)
        hosted = token is not None or hosted_entity.find(anchor) is not None
    token = token if hosted else _fetch(anchor)
    if token is None:
        return None
    own = SETTINGS.get().issuer
    try:
        signed = signed_jwt.read(token, typ=table.TYP, longest=SETTINGS.get().federation.statement_bytes)
        signed_jwt.verify(signed, keys)
        found = table.read(signed.claims, anchor=anchor, now=clock.timestamp())
    except JwtRefused as error:
        raise TableUnavailable(f"refused: {error.rule}") from error
    except InvalidTable as error:
        raise TableUnavailable(f"wrong: {error}") from error
    return Known(found, _opened(found, own)) if own in found.members else None


def _opened(found: Table, own: str) -> tuple[join_key.Key, ...]:
    keys: list[join_key.Key] = []
    try:
        with transaction():
            private = decryption_key.private_keys()
    except MasterKeyError as error:
        raise TableUnavailable("our own key cannot be opened") from error
    for epoch in found.epochs:
        for one in private:
            try:
                keys.append(sealed_key.open_sealed(epoch.sealed.get(own, ""), epoch.name, own, one))
                break
            except NotSealedForUs:
                continue
    return tuple(keys)


def _fetch(anchor: str) -> str | None:
    settings = SETTINGS.get()
    try:
        chain = resolution.resolve(settings.issuer, anchor=anchor)
        declared = chain.statements[-1].metadata.get("federation_entity", {})
    except (ChainRefused, IdpError) as error:
        raise TableUnavailable(f"no chain of our own: {error}") from error
    url = declared.get(published_table.ENDPOINT)
    if url is None:
        return None
    try:
        reply = outgoing.get(
            str(url),
            seconds=settings.federation.fetch_seconds,
            longest=settings.federation.statement_bytes,
            headers={"Accept": published_table.CONTENT_TYPE},
            public_only=not settings.sandbox,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise TableUnavailable(f"not fetched: {type(error).__name__}") from error
    content = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
    if reply.status != httpx.codes.OK or content != published_table.CONTENT_TYPE or not reply.body.isascii():
        raise TableUnavailable(f"answered {reply.status}")
    return reply.body.decode("ascii").strip()
