"""Whether the chains of events of the consent records are whole: what was changed, taken out or cut off is named.

A chain can be checked by itself (hashes, signatures, numbers). That its end was cut off, or the whole of it taken out,
is told by the record's row, and by the audit log, which has number and hash of every event and is a chain of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, tuple_

from idp.audit.log import AuditEvent
from idp.consent import deletion, event
from idp.consent.consent_record import BEGINNING, ConsentRecord
from idp.consent.event import ConsentEvent
from idp.db import db
from idp.keys.keyring import KEYRING, InvalidToken

BATCH = 500


class Head(NamedTuple):
    """Where a chain ends, as something else than the chain says it."""

    number: int
    hash: bytes


def verify_record(events: Sequence[ConsentEvent], head: Head | None = None) -> list[str]:
    """Return a line for each thing wrong with the events of one record; *head*: where its row says that it ends.

    Without one its last event must say that it was superseded.
    """
    return list(_problems(iter(events), lambda _last: head))


def verify_all() -> Iterator[str]:
    """Walk every chain, every row and the audit log; yield a line for each thing wrong. Bounded memory."""
    yield from _chains()
    yield from _rows_without_events()
    yield from _audited()
    yield from _deletions()
    db.session.rollback()


def count() -> int:
    """Return how many records have a chain, for a summary."""
    number = 0
    for _ in groupby(_all_events(), key=lambda one: (one.account_id, one.record_id)):
        number += 1
    db.session.rollback()
    return number


def _chains() -> Iterator[str]:
    for _, events in groupby(_all_events(), key=lambda one: (one.account_id, one.record_id)):
        yield from _problems(events, _head_of)


def _problems(
    events: Iterator[ConsentEvent], head_of: Callable[[ConsentEvent], Head | None]
) -> Iterator[str]:
    number, chain_hash, record_id, last = 0, BEGINNING, "", None
    for each in events:
        number, record_id, last = number + 1, str(each.record_id), each
        while number < each.number:
            yield f"event {number} of record {record_id} is missing"
            number, chain_hash = number + 1, each.previous_hash
        if each.previous_hash != chain_hash:
            yield f"event {number} of record {record_id} does not follow the one before it"
        if event.digest(each) != each.hash:
            yield f"event {number} of record {record_id} was changed"
        elif not _is_signed(each):
            yield f"the signature of event {number} of record {record_id} is not ours"
        chain_hash = each.hash
    if last is not None:
        yield from _end_problems(last, Head(number, chain_hash), head_of(last))


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


def _all_events() -> Iterator[ConsentEvent]:
    key = tuple_(ConsentEvent.account_id, ConsentEvent.record_id, ConsentEvent.number)
    after: tuple[UUID, UUID, int] | None = None
    while True:
        wanted = select(ConsentEvent).order_by(
            ConsentEvent.account_id, ConsentEvent.record_id, ConsentEvent.number
        )
        page = db.session.scalars((wanted if after is None else wanted.where(key > after)).limit(BATCH)).all()
        for each in page:
            after = (each.account_id, each.record_id, each.number)
            yield each
        db.session.expunge_all()
        if len(page) < BATCH:
            return


def _head_of(last: ConsentEvent) -> Head | None:
    row = db.session.get(ConsentRecord, (last.account_id, last.client_id))
    if row is None or row.record_id != last.record_id:
        return None
    return Head(row.head_number, row.head_hash or BEGINNING)


def _rows_without_events() -> Iterator[str]:
    has_events = (
        select(ConsentEvent.number)
        .where(
            ConsentEvent.account_id == ConsentRecord.account_id,
            ConsentEvent.record_id == ConsentRecord.record_id,
        )
        .exists()
    )
    after: UUID | None = None
    while True:
        wanted = select(ConsentRecord.record_id).where(ConsentRecord.head_number > 0, ~has_events)
        if after is not None:
            wanted = wanted.where(ConsentRecord.record_id > after)
        page = db.session.scalars(wanted.order_by(ConsentRecord.record_id).limit(BATCH)).all()
        for record_id in page:
            after = record_id
            yield f"record {record_id} has lost all its events"
        if len(page) < BATCH:
            return


def _audited() -> Iterator[str]:
    """Yield what the audit log knows and the records do not: the last event of a record stands there too."""
    for name in event.AUDITED.values():
        after: UUID | None = None
        while True:
            wanted = select(AuditEvent).where(AuditEvent.name == name.value).order_by(AuditEvent.id)
            page = db.session.scalars(
                (wanted if after is None else wanted.where(AuditEvent.id > after)).limit(BATCH)
            ).all()
            for entry in page:
                after = entry.id
                yield from _check_entry(entry)
            db.session.expunge_all()
            if len(page) < BATCH:
                break


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
    after: UUID | None = None
    model = deletion.ConsentDeletion
    while True:
        wanted = select(model).order_by(model.record_id)
        page = db.session.scalars(
            (wanted if after is None else wanted.where(model.record_id > after)).limit(BATCH)
        ).all()
        for proof in page:
            after = proof.record_id
            if not deletion.is_ours(proof):
                yield f"the proof that record {proof.record_id} was deleted is not ours"
        db.session.expunge_all()
        if len(page) < BATCH:
            return
