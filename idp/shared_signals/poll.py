"""Events that the receiver fetches itself (RFC 8936): it acknowledges those it has, and gets the oldest others.

An event is given again and again until it is acknowledged. A request that may wait (§2.4) waits a few seconds, no more
than a few of them at a time in a process: each holds a thread.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from idp.db import commit, db
from idp.errors import InvalidInput
from idp.per_app import PerApp
from idp.relying_parties.relying_party import RelyingParty
from idp.shared_signals import jti, security_event, security_event_token
from idp.shared_signals.security_event import ACKNOWLEDGED, FAILED
from idp.shared_signals.stream import ENABLED, Stream

MOST = 100
MOST_ANSWERS = 1000
WAIT_SECONDS = 5.0
LOOK_SECONDS = 0.5
LONGEST_CODE = 60


@dataclass(frozen=True)
class Asked:
    """A poll request (§2.2), read."""

    acknowledged: tuple[UUID, ...]
    refused: Mapping[UUID, str]
    most: int
    at_once: bool


class Waiting:
    """Who waits in this process: not more than *places*."""

    def __init__(self, places: int) -> None:
        self.places = threading.BoundedSemaphore(max(1, places))


WAITING: PerApp[Waiting] = PerApp("signal_pollers")


def read(body: Mapping[str, Any]) -> Asked:
    """Read a request; raises InvalidInput. Ids that are none of ours are passed over."""
    most, at_once = body.get("maxEvents", MOST), body.get("returnImmediately", False)
    if isinstance(most, bool) or not isinstance(most, int) or most < 0:
        raise _wrong("maxEvents must be a whole number")
    if not isinstance(at_once, bool):
        raise _wrong("returnImmediately must be true or false")
    acknowledged, refused = body.get("ack", []), body.get("setErrs", {})
    if not isinstance(acknowledged, list) or not isinstance(refused, dict):
        raise _wrong("ack must be a list and setErrs an object")
    if len(acknowledged) + len(refused) > MOST_ANSWERS:
        raise _wrong(f"more than {MOST_ANSWERS} answers at once")
    codes = {
        found: str(error.get("err", "") if isinstance(error, dict) else "")[:LONGEST_CODE]
        for name, error in refused.items()
        if (found := jti.find_event_id(name)) is not None
    }
    ids = {found for name in acknowledged if (found := jti.find_event_id(name)) is not None}
    return Asked(tuple(sorted(ids)), codes, min(most, MOST), at_once)


def answer(stream: Stream, rp: RelyingParty, asked: Asked) -> dict[str, Any]:
    """Take the acknowledgements and return ``sets`` and ``moreAvailable`` (§2.3). Commits."""
    stream_id = stream.id
    for event_id in asked.acknowledged:
        security_event.settle(event_id, ACKNOWLEDGED, stream_id=stream_id)
    for event_id, code in sorted(asked.refused.items()):
        reason = f"refused: {_printable(code)}"
        if code in security_event.PASSING:
            security_event.note_error(event_id, reason, stream_id=stream_id)
        else:
            security_event.settle(event_id, FAILED, reason, stream_id=stream_id)
    commit()
    if not asked.most or stream.status != ENABLED:
        return {"sets": {}, "moreAvailable": False}
    found = _fetch(stream_id, rp, asked.most)
    if found["sets"] or asked.at_once or not WAITING.get().places.acquire(blocking=False):
        return found
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        while not found["sets"] and time.monotonic() < deadline:
            time.sleep(LOOK_SECONDS)
            found = _fetch(stream_id, rp, asked.most)
    finally:
        WAITING.get().places.release()
    return found


def _fetch(stream_id: UUID, rp: RelyingParty, most: int) -> dict[str, Any]:
    events, more = security_event.fetched(stream_id, most)
    commit()
    sets = {jti.of(event.id): security_event_token.issue(event, rp) for event in events}
    db.session.expunge_all()
    return {"sets": sets, "moreAvailable": more}


def _printable(code: str) -> str:
    return code if code.isascii() and code.isprintable() else "unreadable"


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput("invalid_request", detail=reason)
