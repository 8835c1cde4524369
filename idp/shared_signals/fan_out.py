"""One signal becomes an event for each stream that wants it (a handler of the outbox).

The ids of the events follow from the signal's, so that a signal that is handled twice, because a worker was killed,
is told once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.outbox import signal as signals
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.relying_parties import cache
from idp.shared_signals import audience, event_types, removed_subject, scope, security_event
from idp.shared_signals import stream as streams
from idp.shared_signals.audience import Hearer
from idp.shared_signals.security_event import Told
from idp.shared_signals.stream import Stream

KIND = signals.KIND


@dataclass(frozen=True)
class _Heard:
    """A signal, and who hears it."""

    message: OutboxMessage
    hearers: list[Hearer]

    @property
    def signal(self) -> Signal:
        return Signal(self.message.payload["signal"])

    def told(self, hearer: Hearer) -> Told:
        data = self.message.payload["data"]
        return Told(
            type=event_types.TYPES[self.signal],
            subject=hearer.subject,
            members=event_types.members(self.signal, data, self.message.created_at),
            happened_at=self.message.created_at,
            account_id=self.message.account_id,
            reference=data.get("reference"),
            cause=self.message.id,
        )


def handle(message: OutboxMessage) -> None:
    """Write the events that follow from the signal of *message*; the worker commits them with its success."""
    handle_together([message])


def handle_together(messages: Sequence[OutboxMessage]) -> None:
    """The same for several signals: a few queries for all, one transaction."""
    found = accounts.find_each({one.account_id for one in messages if one.account_id is not None})
    heard = [
        _heard(message, found[message.account_id]) for message in messages if message.account_id in found
    ]
    by_client = _by_client({hearer.client_id for one in heard for hearer in one.hearers})
    wanting = [
        (stream, hearer, one)
        for one in heard
        for hearer in one.hearers
        for stream in by_client.get(hearer.client_id, [])
        if stream.wants(event_types.TYPES[one.signal])
    ]
    if not wanting:
        return
    removed = removed_subject.of_streams(
        {stream.id for stream, _, _ in wanting}, {hearer.sub for _, hearer, _ in wanting}
    )
    security_event.add_each(
        [
            (stream, one.told(hearer))
            for stream, hearer, one in wanting
            if (stream.id, hearer.sub) not in removed
        ]
    )


def _heard(message: OutboxMessage, account: Account) -> _Heard:
    signal, data = Signal(message.payload["signal"]), message.payload["data"]
    return _Heard(message, audience.of(signal, account, data, message.payload["client_id"]))


def _by_client(client_ids: set[str]) -> dict[str, list[Stream]]:
    found: dict[str, list[Stream]] = {}
    cache.load(client_ids)
    allowed = {one for one in client_ids if scope.may_hear(cache.find(one))}
    for stream in streams.of_clients(allowed) if allowed else []:
        found.setdefault(stream.client_id, []).append(stream)
    return found
