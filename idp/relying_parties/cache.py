"""Relying parties by client_id without a database query: bounded, in this process, parsed once.

A change elsewhere reaches us by message within about a second, and at the latest when the entry has ended.
Unknown ids are remembered too, in a place of their own, so that a stranger who tries names neither reaches
the database each time nor drives out real entries. app.py sets CACHE and subscribes `forget` to CHANNEL.
"""

import dataclasses
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from idp import logs
from idp.bounded import Bounded
from idp.db import transaction
from idp.federation import entity_id
from idp.per_app import PerApp
from idp.relying_parties import metadata, relying_party_row
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

CHANNEL = "relying_party"
EVERYTHING = "*"
ENTRIES = 2000
LIFE_SECONDS = 60.0
UNKNOWN_ENTRIES = 1000
UNKNOWN_LIFE_SECONDS = 10.0

_POSSIBLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_log = logs.get(__name__)


class RelyingPartyCache:
    """The relying parties this process has seen lately, and the ids it found nobody under."""

    def __init__(
        self,
        entries: int = ENTRIES,
        unknown_entries: int = UNKNOWN_ENTRIES,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._known: Bounded[str, RelyingParty] = Bounded(entries, LIFE_SECONDS, timer)
        self._unknown: Bounded[str, bool] = Bounded(unknown_entries, UNKNOWN_LIFE_SECONDS, timer)
        self._lock = threading.Lock()
        # What was forgotten while it was being read: for each reading that is under way.
        self._readings: list[set[str]] = []

    def find(self, client_id: str) -> RelyingParty | None:
        """Return the active relying party, or None; asks the database only when the id is not remembered."""
        if not _is_possible(client_id):
            return None
        with self._lock:
            found = self._known.get(client_id)
            if found is not None or self._unknown.get(client_id):
                return found
        with self._reading() as forgotten:
            loaded = _load(client_id)
            self._keep({client_id: loaded}, forgotten)
        return loaded

    def load(self, client_ids: Iterable[str]) -> None:
        """Remember them all, with one query for those that are not remembered."""
        with self._lock:
            wanted = {
                one
                for one in client_ids
                if self._known.get(one) is None and not self._unknown.get(one) and _is_possible(one)
            }
        if wanted:
            with self._reading() as forgotten:
                self._keep(_load_all(wanted), forgotten)

    @contextmanager
    def _reading(self) -> Iterator[AbstractSet[str]]:
        forgotten: set[str] = set()
        with self._lock:
            self._readings.append(forgotten)
        try:
            yield forgotten
        finally:
            with self._lock:
                self._readings = [one for one in self._readings if one is not forgotten]

    def _keep(self, loaded: Mapping[str, RelyingParty | None], forgotten: AbstractSet[str]) -> None:
        with self._lock:
            for client_id, one in loaded.items():
                # What was read before a change was announced must not outlive the announcement.
                if client_id in forgotten or EVERYTHING in forgotten:
                    continue
                if one is None:
                    self._unknown.put(client_id, True)
                else:
                    self._known.put(client_id, one)

    def forget(self, client_id: str) -> None:
        """Read one relying party (or, with ``*``, every one) anew at its next use."""
        with self._lock:
            for forgotten in self._readings:
                forgotten.add(client_id)
            for entries in (self._known, self._unknown):
                if client_id == EVERYTHING:
                    entries.clear()
                else:
                    entries.forget(client_id)

    def sizes(self) -> tuple[int, int]:
        """Return how many relying parties and how many unknown ids are remembered."""
        with self._lock:
            return len(self._known), len(self._unknown)


CACHE: PerApp[RelyingPartyCache] = PerApp("relying_parties")


def find(client_id: str) -> RelyingParty | None:
    """Return the active relying party of that id, or None (no query when it was used lately).

    A member of the federation is found as it was registered last, whether its superiors stand behind it now or not:
    for names, for logout, for taking a consent back. Who is to get anything is asked of `federated.find`.
    """
    return CACHE.get().find(client_id)


def load(client_ids: Iterable[str]) -> None:
    """Remember them all with one query at most: for pages that show many, before each is found."""
    CACHE.get().load(client_ids)


def is_entity(client_id: str) -> bool:
    """Whether it is an entity identifier, by which members of the federation are known (OpenID Federation 1.0 §1.2)."""
    return "://" in client_id and entity_id.is_valid(client_id, sandbox=SETTINGS.get().sandbox)


def _is_possible(client_id: str) -> bool:
    return _POSSIBLE.fullmatch(client_id) is not None or is_entity(client_id)


def _load(client_id: str) -> RelyingParty | None:
    with transaction():
        return _parse(relying_party_row.find(client_id))


def _load_all(client_ids: AbstractSet[str]) -> dict[str, RelyingParty | None]:
    with transaction():
        rows = {row.client_id: row for row in relying_party_row.find_all(client_ids)}
        return {one: _parse(rows.get(one)) for one in client_ids}


def _parse(row: relying_party_row.RelyingPartyRow | None) -> RelyingParty | None:
    if row is None or row.status != relying_party_row.ACTIVE:
        return None
    try:
        federated = row.registration is not None
        parsed = metadata.parse(row.given, sandbox=SETTINGS.get().sandbox, federated=federated).relying_party
    except metadata.InvalidMetadata as error:
        # Registered under other rules: in the sandbox, or by an older version.
        _log.error(
            "relying party refused", client_id=row.client_id, problems=[str(p) for p in error.problems]
        )
        return None
    return dataclasses.replace(
        parsed,
        secrets=row.secrets,
        version=row.version,
        registration=row.registration or "",
        trust_anchor=row.trust_anchor or "",
        superior=row.superior,
        withheld=frozenset(row.withheld or ()),
    )
