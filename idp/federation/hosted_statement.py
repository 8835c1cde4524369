"""What hosted entities say, signed once and kept as bytes: entity configurations and statements about subordinates.

OpenID Federation 1.0 §3 (typ ``entity-statement+jwt``), §8.1. A statement is signed anew when what it says changes, or
when half its life is over. Its ETag stands for what it says, so that every process answers the same one; within
CONFIRM_SECONDS what is kept is compared with the database again, even if no message told us that it changed.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from idp import clock
from idp.bounded import Bounded
from idp.db import transaction
from idp.federation import hosted_entity, signing, spoken
from idp.federation.announcement import EVERYTHING
from idp.federation.spoken import Spoken
from idp.per_app import PerApp

TYP = "entity-statement+jwt"
CONTENT_TYPE = f"application/{TYP}"
# A province with its towns speaks some 5,000 of them, of about 2 kB (docs/decisions/0033).
ENTRIES = 6000
# Entity identifiers that strangers ask for and nobody hosts.
UNKNOWN_ENTRIES = 1000
CONFIRM_SECONDS = 20.0
LIFE_SECONDS = 86_400.0
# An entity's own configuration is kept under this superior.
SELF = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A signed statement. ``etag`` (weak, RFC 9110 §8.8.1) is the same wherever the same is said."""

    token: str
    etag: str
    renew_at: int


@dataclass(slots=True)
class _Kept:
    statement: Statement
    confirmed: float


class Statements:
    """The statements this process signed lately."""

    def __init__(
        self,
        entries: int = ENTRIES,
        unknown_entries: int = UNKNOWN_ENTRIES,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timer = timer
        self._kept: Bounded[tuple[str, str], _Kept] = Bounded(entries, LIFE_SECONDS, timer)
        self._unknown: Bounded[tuple[str, str], bool] = Bounded(unknown_entries, CONFIRM_SECONDS, timer)
        self._lock = threading.Lock()
        self._forgotten = 0

    def find(self, superior_id: str, entity_id: str) -> Statement | None:
        """Return what *superior_id* says of the entity (SELF: the entity of itself), or None."""
        if not hosted_entity.is_possible(entity_id) or not hosted_entity.is_possible(
            superior_id or entity_id
        ):
            return None
        name = (superior_id, entity_id)
        with self._lock:
            kept = self._kept.get(name)
            if kept and self._is_fresh(kept):
                return kept.statement
            if kept is None and self._unknown.get(name):
                return None
            forgotten, asked = self._forgotten, self._timer()
        with transaction():
            said = (
                spoken.configuration(entity_id)
                if superior_id == SELF
                else spoken.of_subordinate(superior_id, entity_id)
            )
            made = None if said is None else _sign(said, kept.statement if kept else None)
        with self._lock:
            # What was read before a change was announced is compared again: it must not outlive the announcement.
            self._put(name, made, asked if forgotten == self._forgotten else float("-inf"))
        return made

    def forget(self, entity_id: str) -> None:
        """Compare with the database again, at the next use, all that this entity says or that is said of it."""
        with self._lock:
            self._forgotten += 1
            self._unknown.clear()
            for (superior_id, subject_id), kept in self._kept.items():
                if entity_id in {EVERYTHING, superior_id, subject_id}:
                    kept.confirmed = float("-inf")

    def _is_fresh(self, kept: _Kept) -> bool:
        recent = self._timer() - kept.confirmed < CONFIRM_SECONDS
        return recent and clock.timestamp() < kept.statement.renew_at

    def _put(self, name: tuple[str, str], made: Statement | None, asked: float) -> None:
        if made is None:
            self._kept.forget(name)
            if asked != float("-inf"):
                self._unknown.put(name, True)
        else:
            self._unknown.forget(name)
            self._kept.put(name, _Kept(made, asked))


STATEMENTS: PerApp[Statements] = PerApp("federation_statements")


def configuration(entity_id: str) -> str | None:
    """Return the entity's configuration; None for one that is not hosted here."""
    found = find_configuration(entity_id)
    return None if found is None else found.token


def find_configuration(entity_id: str) -> Statement | None:
    """Return the entity's configuration with its ETag, or None."""
    return STATEMENTS.get().find(SELF, entity_id)


def find_subordinate_statement(superior_id: str, entity_id: str) -> Statement | None:
    """Return what the superior says of the entity; None: not hosted, no subordinate, or suspended."""
    return STATEMENTS.get().find(superior_id, entity_id) if superior_id else None


def _sign(said: Spoken, before: Statement | None) -> Statement:
    """Sign, unless exactly this was signed before."""
    etag = f'W/"{_digest(said)}"'
    if before is not None and before.etag == etag:
        return before
    token = signing.sign_with(said.key, dict(said.claims), typ=TYP)
    return Statement(token, etag, said.renew_at)


def _digest(said: Spoken) -> str:
    text = json.dumps([said.key.kid, said.claims], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
