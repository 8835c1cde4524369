"""What time does to consent records: they expire, and are deleted with proof when they were kept long enough.

Jobs of the worker, a batch in a transaction; each row is locked and looked at again, because its person may be faster.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit import log
from idp.audit.event import EventName
from idp.consent import consent_record, deletion, document, event, held
from idp.consent.consent_record import EXPIRED, ConsentRecord
from idp.consent.decision import STATUTORY_DUTY
from idp.consent.deletion import ConsentDeletion
from idp.consent.event import ConsentEvent
from idp.db import db
from idp.relying_parties import cache
from idp.settings import SETTINGS

BATCH = 100


def expire() -> int:
    """Write down that some consents have run out; return how many there were. The caller commits."""
    now = clock.now()
    due = select(ConsentRecord.account_id, ConsentRecord.client_id).where(
        ConsentRecord.expires_at <= now,
        ConsentRecord.expired_at.is_(None),
        ConsentRecord.withdrawn_at.is_(None),
        ConsentRecord.was_given,
    )
    keys = db.session.execute(due.order_by(ConsentRecord.expires_at).limit(BATCH)).all()
    for account_id, client_id in keys:
        row = consent_record.find_locked(account_id, client_id)
        if row is not None and row.expired_at is None and row.state(now) == EXPIRED:
            row.expired_at = row.expires_at
            row.ended_at = None if row.by_law_until else row.expires_at
            event.append(row, event.EXPIRED, document.of_items(row.items), items=row.items)
            _tell(row)
            db.session.flush()
    return len(keys)


def _tell(row: ConsentRecord) -> None:
    account, rp = accounts.find(row.account_id), cache.find(row.client_id)
    if account is not None and account.status == accounts.ACTIVE and rp is not None:
        notice.tell(account, "consent_expired", site=rp.client_name.text(account.locale))


def end_unused() -> int:
    """End some records that only say what was released by law, a whole life of a consent ago. The caller commits.

    What is released again is noted again.
    """
    now = clock.now()
    due = select(ConsentRecord.account_id, ConsentRecord.client_id).where(
        ConsentRecord.by_law_until <= now,
        ConsentRecord.ended_at.is_(None),
        or_(
            ConsentRecord.was_given.is_(False),
            ConsentRecord.expired_at.is_not(None),
            ConsentRecord.withdrawn_at.is_not(None),
        ),
    )
    keys = db.session.execute(due.order_by(ConsentRecord.by_law_until).limit(BATCH)).all()
    for account_id, client_id in keys:
        row = consent_record.find_locked(account_id, client_id)
        if row is None or row.ended_at or row.by_law_until is None or row.by_law_until > now:
            continue
        row.ended_at, row.by_law_until = row.by_law_until, None
        said = document.of_items(row.by_law, legal_basis=STATUTORY_DUTY)
        event.append(row, event.EXPIRED, said, items=row.by_law)
        db.session.flush()
    return len(keys)


def delete_old() -> int:
    """Delete some records whose end is long ago, with proof; return how many. The caller commits."""
    horizon = clock.now() - timedelta(days=SETTINGS.get().consent.kept_days)
    old = select(ConsentRecord.account_id, ConsentRecord.client_id).where(ConsentRecord.ended_at <= horizon)
    keys = db.session.execute(old.order_by(ConsentRecord.ended_at).limit(BATCH)).all()
    for account_id, client_id in keys:
        row = consent_record.find_locked(account_id, client_id)
        if row is None or row.ended_at is None or row.ended_at > horizon:
            continue
        held.changed(account_id, client_id)
        _prove(account_id, row.record_id, client_id, row.head_number, row.head_hash, row.ended_at)
        db.session.delete(row)
    return len(keys) + _delete_superseded(horizon)


def _delete_superseded(horizon: datetime) -> int:
    old = select(ConsentEvent).where(ConsentEvent.name == event.SUPERSEDED, ConsentEvent.at <= horizon)
    ends: Sequence[ConsentEvent] = db.session.scalars(old.order_by(ConsentEvent.at).limit(BATCH)).all()
    for end in ends:
        _prove(end.account_id, end.record_id, end.client_id, end.number, end.hash, end.at)
    return len(ends)


def _prove(
    account_id: UUID,
    record_id: UUID,
    client_id: str,
    number: int,
    last_hash: bytes | None,
    ended_at: datetime,
) -> None:
    made = ConsentDeletion(
        account_id=account_id,
        record_id=record_id,
        client_id=client_id,
        last_number=number,
        last_hash=last_hash,
        ended_at=ended_at,
        deleted_at=clock.now(),
    )
    deletion.add(made)
    db.session.execute(
        delete(ConsentEvent).where(ConsentEvent.account_id == account_id, ConsentEvent.record_id == record_id)
    )
    log.record(
        EventName.CONSENT_DELETED,
        account_id=account_id,
        client_id=client_id,
        record_id=str(record_id),
        number=number,
        event_hash=last_hash,
    )
