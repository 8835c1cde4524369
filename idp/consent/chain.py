"""Whether the chains of events of the consent records are whole: what was changed, taken out or cut off is named.

A chain can be checked by itself (hashes, signatures, numbers). That its end was cut off, or the whole of it taken out,
is told by the record's row, and by the audit log, which has number and hash of every event and is a chain of its own.
The row itself must allow what the events say, and nothing else.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from idp.audit.log import AuditEvent
from idp.consent import consent_record, deletion, event, outcome
from idp.consent.consent_record import BEGINNING, ConsentRecord
from idp.consent.deletion import ConsentDeletion
from idp.consent.event import ConsentEvent
from idp.db import db
from idp.keys.keyring import KEYRING, InvalidToken

BATCH = 500
Row = TypeVar("Row")


class Head(NamedTuple):
    """Where a chain ends, as something else than the chain says it."""

    number: int
    hash: bytes


def verify_all() -> Iterator[str]:
    """Walk every chain, every row and the audit log; yield a line for each thing wrong. Bounded memory."""
    yield from _chains()
    yield from _rows_without_events()
    yield from _audited()
    yield from _deletions()
    db.session.rollback()


def _chains() -> Iterator[str]:
    key = ConsentEvent.account_id, ConsentEvent.record_id, ConsentEvent.number
    suspected: list[tuple[UUID, UUID]] = []
    for names, events in groupby(
        _walk(select(ConsentEvent), *key), key=lambda one: (one.account_id, one.record_id)
    ):
        if list(_problems(events)):
            suspected.append(names)
    for account_id, record_id in suspected:
        yield from _problems(iter(_at_rest(account_id, record_id)))
        db.session.rollback()


def _at_rest(account_id: UUID, record_id: UUID) -> list[ConsentEvent]:
    """Return the events of a record with its row locked: what was read at two moments may only look damaged."""
    for client_id in {one.client_id for one in event.of_record(account_id, record_id)}:
        consent_record.find_locked(account_id, client_id)
    db.session.expire_all()
    return event.of_record(account_id, record_id)


def _problems(events: Iterator[ConsentEvent]) -> Iterator[str]:
    number, chain_hash, record_id, last = 0, BEGINNING, "", None
    told, is_whole = None, True
    for each in events:
        number, record_id, last = number + 1, str(each.record_id), each
        while number < each.number:
            is_whole = False
            yield f"event {number} of record {record_id} is missing"
            number, chain_hash = number + 1, each.previous_hash
        if each.previous_hash != chain_hash:
            yield f"event {number} of record {record_id} does not follow the one before it"
        if event.digest(each) != each.hash:
            is_whole = False
            yield f"event {number} of record {record_id} was changed"
        elif not _is_signed(each):
            is_whole = False
            yield f"the signature of event {number} of record {record_id} is not ours"
        if is_whole:
            told = outcome.after(told, each)
        chain_hash = each.hash
    if last is not None:
        row = _row_of(last)
        yield from _end_problems(last, Head(number, chain_hash), _head_of(row))
        if is_whole and row is not None and row.head_hash == chain_hash and outcome.differs(row, told):
            yield f"the row of record {record_id} allows something else than its events say"


def _end_problems(last: ConsentEvent, found: Head, head: Head | None) -> Iterator[str]:
    if head is None:
        if last.name != event.SUPERSEDED:
            yield f"record {last.record_id} has no row, and nothing superseded it"
    elif found.number < head.number:
        for missing in range(found.number + 1, head.number + 1):
            yield f"event {missing} of record {last.record_id} is missing"
    elif found != head:
        yield f"record {last.record_id} does not end as its row says"


def _is_signed(each: ConsentEvent) -> bool:
    try:
        return KEYRING.get().verify_ever(each.signature, typ=event.SIGNED_AS) == event.statement(each)
    except InvalidToken:
        return False


def _row_of(last: ConsentEvent) -> ConsentRecord | None:
    row = db.session.get(ConsentRecord, (last.account_id, last.client_id))
    return row if row is not None and row.record_id == last.record_id else None


def _head_of(row: ConsentRecord | None) -> Head | None:
    return None if row is None else Head(row.head_number, row.head_hash or BEGINNING)


def _rows_without_events() -> Iterator[str]:
    has_events = (
        select(ConsentEvent.number)
        .where(
            ConsentEvent.account_id == ConsentRecord.account_id,
            ConsentEvent.record_id == ConsentRecord.record_id,
        )
        .exists()
    )
    for row in _walk(select(ConsentRecord).where(~has_events), ConsentRecord.record_id):
        if row.head_number > 0:
            yield f"record {row.record_id} has lost all its events"
        elif outcome.differs(row, None):
            yield f"the row of record {row.record_id} allows something else than its events say"


def _audited() -> Iterator[str]:
    """Yield what the audit log knows and the records do not: the last event of a record stands there too."""
    for name in event.AUDITED.values():
        for entry in _walk(select(AuditEvent).where(AuditEvent.name == name.value), AuditEvent.id):
            yield from _check_entry(entry)


def _check_entry(entry: AuditEvent) -> Iterator[str]:
    # Older versions wrote events without a record.
    if entry.account_id is None or "record_id" not in entry.data:
        return
    record_id, number = UUID(entry.data["record_id"]), int(entry.data["number"])
    found = event.find(entry.account_id, record_id, number)
    if found is not None:
        if found.hash.hex() != entry.data["event_hash"]:
            yield f"event {number} of record {record_id} is another than the audit log has"
        return
    proof = deletion.find(entry.account_id, record_id)
    if proof is None or number > proof.last_number:
        yield f"event {number} of record {record_id} is missing, but the audit log has it"


def _deletions() -> Iterator[str]:
    for proof in _walk(select(ConsentDeletion), ConsentDeletion.record_id):
        if not deletion.is_ours(proof):
            yield f"the proof that record {proof.record_id} was deleted is not ours"


def _walk(wanted: Select[Row], *key: InstrumentedAttribute[Any]) -> Iterator[Row]:
    """Yield every row in the order of its *key*, reading a batch at a time."""
    after: tuple[Any, ...] | None = None
    while True:
        rest = wanted if after is None else wanted.where(tuple_(*key) > after)
        page = db.session.scalars(rest.order_by(*key).limit(BATCH)).all()
        for row in page:
            after = tuple(getattr(row, column.key) for column in key)
            yield row
        db.session.expunge_all()
        if len(page) < BATCH:
            return
