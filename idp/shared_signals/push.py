"""Bringing one event to its receiver (RFC 8935), by the worker, at least once, in the order of one account's events.

Only 202 means that it was received (§2.2). 400 with an error is a refusal (§2.3); everything else, a friendly 200 and a
redirect too, is no answer to what was asked: tried again.
"""

import json
from typing import Any
from uuid import UUID

import httpx

from idp import outgoing
from idp.db import commit
from idp.errors import Unavailable
from idp.outbox import delivery
from idp.outbox.message import DeliveryFailed, OutboxMessage
from idp.relying_parties import cache, federated
from idp.settings import SETTINGS
from idp.shared_signals import event_types, scope, security_event, security_event_token
from idp.shared_signals import stream as streams
from idp.shared_signals.security_event import ACKNOWLEDGED, DROPPED, FAILED, HELD, SecurityEvent
from idp.shared_signals.stream import DISABLED, ENABLED, PAUSED, Stream

KIND = security_event.PUSH_KIND
TIMEOUT_SECONDS = 5.0  # for one event
LONGEST_ANSWER = 4096
# What waits for the same person and came earlier goes along, so many at most: the message must end within its lease.
EARLIER = 8
ACCEPTED, BAD_REQUEST = 202, 400
# RFC 8935 §2.4; the others: `security_event.PASSING`.
FINAL = frozenset({"invalid_request", "invalid_issuer", "invalid_audience"})


def deliver(message: OutboxMessage) -> None:
    """Bring the event of *message*, and what the receiver should hear before it; raises DeliveryFailed."""
    event = security_event.find(UUID(message.payload["event_id"]))
    if event is None or event.state in {ACKNOWLEDGED, DROPPED}:
        return
    stream = streams.find(event.stream_id)
    if stream is None or not stream.is_push:
        # Deleted, or fetched from now on: a row that waits is found by whoever fetches.
        if stream is None:
            security_event.settle(event.id, DROPPED)
        return
    if event.type not in event_types.OF_THE_STREAM or event.type == event_types.VERIFICATION:
        if stream.status != ENABLED:
            # Who turns it on again comes before us, or after what we write now: nothing stays behind.
            stream = streams.find(event.stream_id, lock=True) or stream
        if stream.status == PAUSED:
            security_event.settle(event.id, HELD)
            return
        if stream.status == DISABLED:
            security_event.settle(event.id, DROPPED)
            return
    _bring_in_order(event, stream, last=message.attempts >= delivery.MOST_ATTEMPTS)


def _bring_in_order(event: SecurityEvent, stream: Stream, *, last: bool) -> None:
    try:
        for one in security_event.before(event, EARLIER):
            _bring_earlier(one, stream)
        _bring(event, stream)
    except DeliveryFailed as error:
        if last and error.retry:
            security_event.settle(event.id, FAILED, error.reason)
            commit()
        raise


def _bring_earlier(event: SecurityEvent, stream: Stream) -> None:
    try:
        _bring(event, stream)
    except DeliveryFailed as error:
        # What is refused for good keeps no later one from arriving; what may yet arrive goes before.
        if error.retry:
            raise


def _bring(event: SecurityEvent, stream: Stream) -> None:
    try:
        _post(event, stream)
    except DeliveryFailed as error:
        if not error.retry:
            security_event.settle(event.id, FAILED, error.reason)
        else:
            security_event.note_error(event.id, error.reason)
        commit()
        raise
    security_event.settle(event.id, ACKNOWLEDGED)
    commit()


def _post(event: SecurityEvent, stream: Stream) -> None:
    rp = cache.find(event.client_id)
    if rp is None or stream.endpoint_url not in rp.security_event_uris:
        raise DeliveryFailed(retry=False, reason="the address is not registered any more")
    if not scope.may_hear(rp):
        raise DeliveryFailed(retry=False, reason="the site may not hear of events any more")
    token = security_event_token.issue(event, rp)
    headers = {"Content-Type": security_event_token.MIMETYPE, "Accept": "application/json"}
    authorization = stream.authorization
    if authorization is not None:
        headers["Authorization"] = authorization
    commit()  # no transaction (on SQLite: nobody else's turn to write) waits for the network
    _check_stands(event.client_id)
    try:
        reply = outgoing.exchange(
            stream.endpoint_url,
            seconds=TIMEOUT_SECONDS,
            content=token.encode(),
            longest=LONGEST_ANSWER,
            headers=headers,
            cut=True,
            public_only=not SETTINGS.get().sandbox,
        )
    except httpx.HTTPError as error:
        raise DeliveryFailed(retry=True, reason=type(error).__name__) from error
    if reply.status == ACCEPTED:
        return
    code = _error_code(reply.body) if reply.status == BAD_REQUEST else ""
    if code:
        raise DeliveryFailed(retry=code in security_event.PASSING, reason=f"refused: {code}")
    raise DeliveryFailed(retry=True, reason=f"HTTP {reply.status}")


def _check_stands(client_id: str) -> None:
    """Raise DeliveryFailed while the superiors of a member of the federation do not stand behind it."""
    try:
        stands = federated.find(client_id) is not None
    except Unavailable as error:
        raise DeliveryFailed(retry=True, reason="its superiors cannot be asked") from error
    if not stands:
        raise DeliveryFailed(retry=True, reason="the site is suspended")


def _error_code(body: bytes) -> str:
    """Return the error code of a refusal, empty when the answer is none that RFC 8935 §2.3 knows."""
    try:
        found: Any = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    code = found.get("err") if isinstance(found, dict) else None
    return code if isinstance(code, str) and code in security_event.PASSING | FINAL else ""
