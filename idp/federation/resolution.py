"""The valid trust chain of an entity, without I/O while it is in use (OpenID Federation 1.0 §10).

A chain is remembered until its first statement ends, at most. Its superiors are asked again every
``federation.recheck`` seconds while it is used (`refreshing`), and before it counts when it was not; a change here ends
it by message. app.py sets RESOLUTION and has it hear announcements. docs/decisions/0033.
"""

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from joserfc.jwk import KeySet

from idp import clock, logs
from idp.db import db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import IdpError, Unavailable
from idp.federation import (
    choice,
    discovery,
    explanation,
    fetching,
    given_chain,
    kept_statement,
    mark_issuers,
    trust_anchor,
    trust_chain_row,
)
from idp.federation.announcement import CHANNEL, EVERYTHING
from idp.federation.confirmation import Confirmation, Confirmed
from idp.federation.discovery import Candidate
from idp.federation.fetching import FETCHER
from idp.federation.known_chains import ENTRIES, Known, KnownChains, Name
from idp.federation.trust_chain import ChainRefused, TrustChain
from idp.per_app import PerApp
from idp.setting_sections import Federation
from idp.settings import SETTINGS

# How long one more caller waits for somebody else who looks for the same entity, or for a place to look for another.
PATIENCE = 2.0
BUSY = "federation_busy"
LOG = logs.get(__name__)


class Unreachable(Unavailable):
    """Nobody can tell now whether the entity has a chain: who should say so is away, or we have too much to do."""


class Resolution:
    """The chains of this process, and how they are found and confirmed."""

    def __init__(
        self, limits: Federation, entries: int = ENTRIES, timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.known = KnownChains(float(limits.recheck), entries, timer)
        self.confirmation = Confirmation(limits.recheck / 2, timer)
        self.timer = timer
        # Hears of every chain that comes into use.
        self.on_use: Callable[[], None] = lambda: None
        self._turns: dict[Name, list[threading.Lock]] = {}
        self._lock = threading.Lock()

    def resolve(self, name: Name, given: Sequence[str]) -> TrustChain:
        """Return the chain; see `resolve` below."""
        known = self.known.find(name)
        if known is not None and not self._is_to_be_read(name, given, known):
            return known.chain
        if not given:
            self._check_not_refused(name)
        with self._turn(name):
            known = self.known.find(name)
            if known is not None and not self._is_to_be_read(name, given, known):
                return known.chain
            if not given:
                self._check_not_refused(name)
            taken = self._take_given(name, given, known)
            return (taken or known or self._find_again(name) or self._discover(name)).chain

    def forget(self, message: str = EVERYTHING) -> None:
        """Drop every chain that passes through an entity (``*``: all)."""
        self.known.forget(message)
        self.confirmation.forget()

    def look(self, name: Name, *, known: bool = False) -> Known:
        """Look for the chain from the beginning; raises ChainRefused, Unreachable. *known*: it is in use."""
        since, asked, forgotten = self.known.announced(), self.timer(), self.confirmation.forgotten()
        anchors = wanted_anchors(name)
        with FETCHER.get().looking_into_stranger(0.0 if known else PATIENCE) as free:
            if not free and not known:
                raise Unreachable(BUSY, detail="too many entities at one time", retry_after=5)
            found = discovery.discover(name[0], anchors, known=known)
        try:
            candidate, chain = choice.choose(found, anchors, clock.timestamp())
        except choice.Undecided as error:
            raise Unreachable("federation_unreachable", detail=str(error), retry_after=10) from error
        self.confirmation.note(candidate.tokens, candidate.edges, asked, forgotten)
        return self._keep(name, candidate, chain, asked, since)

    def _discover(self, name: Name) -> Known:
        since = self.known.announced()
        try:
            return self.look(name)
        except (ChainRefused, Unreachable) as error:
            # That others keep us busy says nothing of this one: nobody shall lock it out.
            if not isinstance(error, Unreachable) or error.code != BUSY:
                self.known.refuse(name, error, since)
            raise

    def confirm(self, name: Name, candidate: Candidate) -> Known | None:
        """Return the chain as its superiors say it now; None when one does not stand behind it any more."""
        since = self.known.announced()
        deadline = time.monotonic() + SETTINGS.get().federation.resolve_seconds
        said = self.confirmation.confirm(candidate.tokens, candidate.edges, deadline=deadline)
        return self.settle(name, candidate, said, since)

    def settle(self, name: Name, candidate: Candidate, said: Confirmed, since: int) -> Known | None:
        """Keep the chain as *said*, or drop it here and everywhere."""
        before = self.known.find_unconfirmed(name)
        if said.left_by is not None:
            self._end(name, before, discovery.ABSENT, said.left_by.entity_id)
            kept_statement.forget([(said.left_by.superior_id, said.left_by.entity_id)])
            _tell_others(said.left_by.entity_id)
            return None
        if before is not None and before.tokens == said.tokens:
            before.asked, before.edges = said.asked, said.edges
            self.on_use()
            return before
        try:
            chain = mark_issuers.verify(said.tokens, wanted_anchors(name), clock.timestamp())
        except ChainRefused as error:
            self._end(name, before, error.rule, error.entity_id)
            return None
        now = Candidate(candidate.path, said.tokens, said.edges)
        # What was found long ago is looked for from the beginning some time, however often superiors sign anew.
        found = float("-inf") if before is None else before.found
        return self._keep(name, now, chain, said.asked, since, found=found)

    def _end(self, name: Name, before: Known | None, rule: str, at: str) -> None:
        LOG.info("a trust chain ends", entity=name[0], rule=rule, at=at)
        if before is not None:
            self.known.drop(name, before)
        trust_chain_row.forget(*name)

    def _find_again(self, name: Name) -> Known | None:
        """Return the chain that was in use before, or that another process found, once it is confirmed."""
        known = self.known.find_unconfirmed(name)
        if known is not None:
            return self.confirm(name, Candidate(known.chain.path, known.tokens, known.edges))
        if fetching.is_hosted(name[0]):
            # As quickly found as read.
            return None
        stored = trust_chain_row.find(*name)
        return None if stored is None else self.confirm(name, stored)

    def _is_to_be_read(self, name: Name, given: Sequence[str], known: Known) -> bool:
        """Whether what was brought along may take the place of the chain that counts."""
        return given_chain.is_newer(given, known.chain) and not self.known.was_given(name)

    def _take_given(self, name: Name, given: Sequence[str], known: Known | None) -> Known | None:
        """Return the chain that the entity brought along, once it is verified and confirmed.

        Anybody can bring old statements of somebody else: what counts does not end by them, nor change its way.
        """
        if not given:
            return None
        anchors = wanted_anchors(name)
        chain = mark_issuers.verify(given, anchors, clock.timestamp())
        if chain.subject != name[0]:
            raise ChainRefused("sub", name[0], "", "", chain.subject, ())
        if known is not None and chain.path != known.chain.path:
            return None
        self.known.note_given(name)
        since = self.known.announced()
        way = given_chain.candidate(chain, given)
        deadline = time.monotonic() + SETTINGS.get().federation.resolve_seconds
        said = self.confirmation.confirm(way.tokens, way.edges, deadline=deadline)
        if said.left_by is not None:
            return None
        try:
            chain = mark_issuers.verify(said.tokens, anchors, clock.timestamp())
        except ChainRefused:
            return None
        return self._keep(name, Candidate(way.path, said.tokens, said.edges), chain, said.asked, since)

    def _keep(
        self,
        name: Name,
        candidate: Candidate,
        chain: TrustChain,
        asked: float,
        since: int,
        *,
        found: float | None = None,
    ) -> Known:
        now = self.timer()
        # How it came about is told by `explaining`; what was taken away is still asked for.
        steps = tuple(step for step in chain.steps if step.kind == explanation.ENTITY_TYPES)
        chain = dataclasses.replace(chain, steps=steps)
        known = Known(chain, candidate.tokens, candidate.edges, asked, now, now if found is None else found)
        self.known.put(name, known, since)
        self.on_use()
        if not candidate.is_hosted:
            here = {edge.superior_id for edge in candidate.edges if not edge.url}
            said = [one for one in chain.statements[1:-1] if one.iss not in here]
            kept_statement.keep([*candidate.configurations, *said])
            trust_chain_row.keep(*name, candidate, chain.expires_at)
        return known

    def _check_not_refused(self, name: Name) -> None:
        refused = self.known.find_refusal(name)
        if refused is not None:
            raise refused.with_traceback(None)

    @contextmanager
    def _turn(self, name: Name) -> Iterator[None]:
        """One looks for an entity; whoever wants the same one waits for what is found."""
        with self._lock:
            waiting = self._turns.setdefault(name, [])
            lock = waiting[0] if waiting else threading.Lock()
            waiting.append(lock)
        # Who waits with an open transaction may hold what the other one needs: not for long.
        taken = lock.acquire(timeout=0.1 if db.session().in_transaction() else PATIENCE)
        try:
            yield
        finally:
            if taken:
                lock.release()
            with self._lock:
                waiting.pop()
                if not waiting:
                    self._turns.pop(name, None)


RESOLUTION: PerApp[Resolution] = PerApp("federation_resolution")


def resolve(entity_id: str, *, anchor: str | None = None, given: Sequence[str] = ()) -> TrustChain:
    """Return the valid trust chain of an entity, to any anchor or to that one.

    *given*: the chain that the entity brought along (§4.3); it counts when we know none, or an older one. Call it
    before the first query of a request: others may be waited for. Raises ChainRefused, and Unreachable when nobody
    can tell.
    """
    return RESOLUTION.get().resolve((entity_id, anchor or ""), given)


def forget(entity_id: str = EVERYTHING) -> None:
    """Drop every chain of this process that passes through the entity."""
    RESOLUTION.get().forget(entity_id)


def wanted_anchors(name: Name) -> Mapping[str, KeySet]:
    """Return the anchors that count for a chain of that name."""
    anchors = trust_anchor.all_anchors()
    wanted = name[1]
    if not wanted:
        return anchors
    return {wanted: anchors[wanted]} if wanted in anchors else {}


def _tell_others(entity_id: str) -> None:
    try:
        EPHEMERAL.get().publish(CHANNEL, entity_id)
    except IdpError as error:
        # They ask by themselves, within the same seconds.
        LOG.warning("the end of a trust chain is not announced", error_code=error.code)
