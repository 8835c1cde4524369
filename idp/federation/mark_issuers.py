"""Whether the trust marks that an entity shows still count with those who gave them (OpenID Federation 1.0 §7.3, §8.4).

An issuer counts when it has a chain to the same anchor. One that is hosted here is looked up, one elsewhere is asked
at its ``federation_trust_mark_status_endpoint``; what it said holds a minute. One that does not answer leaves the mark
as it is, until it expires. A mark that does not count ends no chain.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

import httpx
from joserfc.jwk import KeySet

from idp import clock, outgoing
from idp.bounded import Bounded
from idp.db import surviving
from idp.federation import discovery, fetching, hosted_entity, issued_trust_mark, trust_chain, trust_mark
from idp.federation.announcement import EVERYTHING
from idp.federation.trust_chain import ChainRefused, TrustChain
from idp.federation.trust_mark import InvalidTrustMark
from idp.per_app import PerApp
from idp.settings import SETTINGS

ENTRIES = 1000
LIFE_SECONDS = 60.0
MOST_ISSUERS = 5
ACTIVE = "active"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Issuer:
    """Who gives marks: the keys that its superior says are its own, and where it tells how a mark stands."""

    entity_id: str
    keys: KeySet
    status_endpoint: str


class MarkIssuers:
    """The issuers this process has asked lately, and how marks stand."""

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._issuers: Bounded[tuple[str, str], tuple[Issuer | None]] = Bounded(ENTRIES, LIFE_SECONDS, timer)
        self._standing: Bounded[str, bool] = Bounded(ENTRIES, LIFE_SECONDS, timer)
        self._lock = threading.Lock()

    def find(self, entity_id: str, anchor: str, keys: KeySet) -> Issuer | None:
        """Return the issuer when it has a chain to the anchor, which has those *keys*."""
        with self._lock:
            known = self._issuers.get((entity_id, anchor))
        if known is None:
            known = (_find(entity_id, anchor, keys),)
            with self._lock:
                self._issuers.put((entity_id, anchor), known)
        return known[0]

    def is_active(self, issuer: Issuer, token: str) -> bool:
        """Whether the mark counts with its issuer; one who does not answer has not taken it back."""
        name = hashlib.sha256(f"{issuer.entity_id} {token}".encode()).hexdigest()
        with self._lock:
            standing = self._standing.get(name)
        if standing is None:
            standing = _is_active(issuer, token)
            with self._lock:
                self._standing.put(name, standing)
        return standing

    def forget(self, _message: str = EVERYTHING) -> None:
        """Ask everybody again."""
        with self._lock:
            self._issuers.clear()
            self._standing.clear()


MARK_ISSUERS: PerApp[MarkIssuers] = PerApp("federation_mark_issuers")


def verify(tokens: Sequence[str], anchors: Mapping[str, KeySet], now: int) -> TrustChain:
    """Return the chain as `trust_chain.verify` does, with those trust marks only that count; raises ChainRefused."""
    chain = trust_chain.verify(tokens, anchors, now)
    shown = [(mark.iss, mark.token) for mark in chain.trust_marks]
    shown += [(mark.issuer, mark.token) for mark in chain.open_marks]
    if not shown:
        return chain
    issuers: dict[str, Issuer] = {}
    for entity_id in list(dict.fromkeys(issuer for issuer, _ in shown))[:MOST_ISSUERS]:
        issuer = MARK_ISSUERS.get().find(entity_id, chain.anchor, anchors[chain.anchor])
        if issuer is not None:
            issuers[entity_id] = issuer
    inactive = [
        token
        for entity_id, token in shown
        if entity_id in issuers and not MARK_ISSUERS.get().is_active(issuers[entity_id], token)
    ]
    unknown = {mark.issuer: issuers[mark.issuer].keys for mark in chain.open_marks if mark.issuer in issuers}
    if not inactive and not unknown:
        return chain
    return trust_chain.verify(tokens, anchors, now, mark_issuers=unknown, inactive_marks=inactive)


def _find(entity_id: str, anchor: str, keys: KeySet) -> Issuer | None:
    """Look for the issuer's chain. Its own marks are nobody's concern here, so this comes to an end."""
    found = discovery.discover(entity_id, [anchor], seconds=2 * SETTINGS.get().federation.fetch_seconds)
    now = clock.timestamp()
    for candidate in sorted(found.candidates, key=lambda one: (len(one.path), one.path)):
        try:
            chain = trust_chain.verify(candidate.tokens, {anchor: keys}, now)
        except ChainRefused:
            continue
        own, *above = chain.statements
        said = chain.metadata.get("federation_entity", {})
        endpoint = said.get("federation_trust_mark_status_endpoint")
        return Issuer(
            entity_id, (above[0] if above else own).jwks, endpoint if isinstance(endpoint, str) else ""
        )
    return None


def _is_active(issuer: Issuer, token: str) -> bool:
    hosted = _look_up(issuer, token)
    if hosted is not None:
        return hosted
    settings = SETTINGS.get()
    try:
        fetching.check_endpoint(issuer.status_endpoint)
        reply = outgoing.exchange(
            issuer.status_endpoint,
            seconds=settings.federation.fetch_seconds,
            content=urlencode({"trust_mark": token}).encode(),
            longest=settings.federation.statement_bytes,
            headers={"Content-Type": FORM},
            public_only=not settings.sandbox,
        )
        if reply.status == HTTPStatus.NOT_FOUND:
            return False
        status = trust_mark.read_status(
            reply.body.decode("ascii"),
            token=token,
            issued_by=issuer.entity_id,
            keys=issuer.keys,
            now=clock.timestamp(),
        )
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, InvalidTrustMark):
        return True
    return status == ACTIVE


def _look_up(issuer: Issuer, token: str) -> bool | None:
    """Whether an issuer that is hosted here stands to its mark; None for one elsewhere."""
    return surviving(lambda: _standing_here(issuer, token), away=lambda: True)


def _standing_here(issuer: Issuer, token: str) -> bool | None:
    if hosted_entity.find(issuer.entity_id) is None:
        return None
    return issued_trust_mark.status(issuer.entity_id, token) == issued_trust_mark.ACTIVE
