"""Turning a stream on, pausing it, turning it off, and what follows for what it has still to hear (SSF 1.0 §8.1.2)."""

from datetime import datetime

from idp import clock
from idp.errors import InvalidInput
from idp.shared_signals import configuration, event_types, security_event, security_event_token
from idp.shared_signals import stream as streams
from idp.shared_signals.security_event import FAILED, HELD, Told
from idp.shared_signals.stream import DISABLED, ENABLED, STATUSES, Stream


def set_status(stream: Stream, status: object, reason: object = None, *, by_receiver: bool = True) -> None:
    """Give *stream* that status; raises InvalidInput. The caller commits, then calls `release` until nothing is left.

    Disabled: nothing waits any more. Enabled, by its receiver: it can hear again, so what we had given up is tried
    again too. Not *by_receiver*: the receiver is told (§8.1.5).
    """
    if status not in STATUSES:
        raise InvalidInput("invalid_request", detail=f"status must be {', '.join(STATUSES)}")
    if reason is not None and not isinstance(reason, str):
        raise InvalidInput("invalid_request", detail="reason must be a text")
    changed = stream.status != status
    if changed:
        streams.note_status(stream, str(status), configuration.plain(reason or ""))
    if status == DISABLED:
        security_event.drop(stream.id)
    if changed and not by_receiver:
        _tell(stream)


def release(stream: Stream, until: datetime) -> int:
    """Send some of what an enabled stream has missed *until* then; return how many. The caller commits."""
    if stream.status != ENABLED:
        return 0
    return security_event.release(stream, (HELD, FAILED), until=until)


def _tell(stream: Stream) -> None:
    members = {"status": stream.status} | ({"reason": stream.reason} if stream.reason else {})
    subject = security_event_token.of_stream(str(stream.id))
    told = Told(event_types.STREAM_UPDATED, subject, members, clock.now())
    security_event.add(stream, told, whatever_status=True)
