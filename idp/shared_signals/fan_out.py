"""One signal becomes an event for each stream that wants it (a handler of the outbox).

The ids of the events follow from the signal's, so that a signal that is handled twice, because a worker was killed,
is told once.
"""

from idp.accounts import account as accounts
from idp.outbox import signal as signals
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.shared_signals import audience, event_types, removed_subject, security_event
from idp.shared_signals import stream as streams
from idp.shared_signals.security_event import Told
from idp.shared_signals.stream import Stream

KIND = signals.KIND


def handle(message: OutboxMessage) -> None:
    """Write the events that follow from the signal of *message*; the worker commits them with its success."""
    account = accounts.find(message.account_id) if message.account_id is not None else None
    if account is None:
        return
    signal, data = Signal(message.payload["signal"]), message.payload["data"]
    event_type = event_types.TYPES[signal]
    hearers = audience.of(signal, account, data, message.payload["client_id"])
    by_client = _by_client([one.client_id for one in hearers]) if hearers else {}
    wanting = [
        (stream, hearer)
        for hearer in hearers
        for stream in by_client.get(hearer.client_id, [])
        if stream.wants(event_type)
    ]
    if not wanting:
        return
    removed = removed_subject.of_streams(
        [stream.id for stream, _ in wanting], [hearer.sub for _, hearer in wanting]
    )
    members = event_types.members(signal, data, message.created_at)
    for stream, hearer in wanting:
        if (stream.id, hearer.sub) not in removed:
            security_event.add(
                stream,
                Told(
                    type=event_type,
                    subject=hearer.subject,
                    members=members,
                    happened_at=message.created_at,
                    account_id=account.id,
                    reference=data.get("reference"),
                    cause=message.id,
                ),
            )


def _by_client(client_ids: list[str]) -> dict[str, list[Stream]]:
    found: dict[str, list[Stream]] = {}
    for stream in streams.of_clients(client_ids):
        found.setdefault(stream.client_id, []).append(stream)
    return found
