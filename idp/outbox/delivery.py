"""Taking messages up, and writing down how it went. Both commit: each step outlives a kill.

A message is taken by moving its next attempt CLAIM_SECONDS ahead; a worker that is killed never moves it
back, so it comes due again: delivered at least once. PostgreSQL's SKIP LOCKED, SQLite's one writer at a time
keep two workers from taking the same one.
"""

import random
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select, update

from idp import clock, logs
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit, db
from idp.outbox.message import IS_PENDING, OutboxMessage

CLAIM_SECONDS = 60
FIRST_DELAY = 5.0  # seconds
LONGEST_DELAY = 3600.0
GROWTH = 3.0
MOST_ATTEMPTS = 10
# Looked at for each claim; more than one receiver's share, so that a full one does not hide the others.
CANDIDATES = 50
KEPT = timedelta(days=7)
SWEEP_ROWS = 1000
STATES = {
    "pending": IS_PENDING,
    "dead": OutboxMessage.dead_at.is_not(None),
    "delivered": OutboxMessage.delivered_at.is_not(None),
}

_log = logs.get(__name__)


def claim(
    room: int, flying: Mapping[str, int], share: int, together: Collection[str] = ()
) -> list[OutboxMessage]:
    """Take up at most *room* messages that are due, so that no receiver has more than *share* under way.

    *flying* says how many each receiver has already. Nobody (an empty name) has no share. Those of the kinds
    *together* take no room: all that were looked at are taken.
    """
    now = clock.now()
    shares = Counter(flying)
    full = [receiver for receiver, count in shares.items() if receiver and count >= share]
    due = (
        select(OutboxMessage)
        .where(IS_PENDING, OutboxMessage.next_attempt_at <= now, OutboxMessage.receiver.not_in(full))
        .order_by(OutboxMessage.next_attempt_at)
        .limit(CANDIDATES)
        .with_for_update(skip_locked=True)
    )
    taken: list[OutboxMessage] = []
    for message in db.session.scalars(due):
        if message.kind not in together:
            if not room or (message.receiver and shares[message.receiver] >= share):
                continue
            room -= 1
            shares[message.receiver] += 1
        message.attempts += 1
        message.next_attempt_at = now + timedelta(seconds=CLAIM_SECONDS)
        taken.append(message)
    if taken:
        commit()
        db.session.expunge_all()
    else:
        db.session.rollback()
    return taken


def delivered(message: OutboxMessage) -> None:
    """Note the success, together with what the handler wrote; it stands, whatever another worker noted."""
    row = _locked(message)
    if row is not None:
        row.delivered_at = clock.now()
        row.dead_at = None
        row.last_error = ""
    commit()


def delivered_together(messages: Collection[OutboxMessage]) -> None:
    """The same for several, in one transaction."""
    ids = sorted(message.id for message in messages)
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids))
        .values(delivered_at=clock.now(), dead_at=None, last_error="")
        .execution_options(synchronize_session=False)
    )
    commit()


def failed(message: OutboxMessage, reason: str, *, retry: bool) -> None:
    """Note a failure: the next attempt comes later each time; after the last one the message is dead.

    Nothing when somebody else has taken the message up meanwhile, because we held it for longer than CLAIM_SECONDS:
    then theirs is the newer story.
    """
    row = _locked(message)
    if row is None or row.delivered_at is not None or row.attempts != message.attempts:
        commit()
        return
    row.last_error = reason[:300]
    if retry and row.attempts < MOST_ATTEMPTS:
        row.next_attempt_at = clock.now() + timedelta(seconds=delay(row.attempts))
    else:
        row.dead_at = clock.now()
        log.record(
            EventName.DELIVERY_ABANDONED,
            account_id=row.account_id,
            client_id=row.receiver or None,
            message_id=str(row.id),
            kind=row.kind,
            attempts=row.attempts,
        )
        _log.error("message abandoned", kind=row.kind, receiver=row.receiver, message_id=str(row.id))
    commit()


def _locked(message: OutboxMessage) -> OutboxMessage | None:
    """Return the row as it is now, held until the commit; None when it was swept."""
    return db.session.get(OutboxMessage, message.id, with_for_update=True, populate_existing=True)


def delay(attempts: int) -> float:
    """Return the seconds until the next attempt after *attempts* of them: 5 s to 1 h, a fifth by chance."""
    longest = min(LONGEST_DELAY, FIRST_DELAY * GROWTH ** (attempts - 1))
    return longest * random.uniform(0.8, 1.0)  # noqa: S311 - spreads load, keeps no secret


def pending() -> int:
    """Return how many messages wait (for metrics; reads the index of what is due only)."""
    count = db.session.scalar(select(func.count()).select_from(OutboxMessage).where(IS_PENDING)) or 0
    db.session.rollback()
    return count


def sweep() -> int:
    """Delete some of what was delivered more than a week ago; dead messages stay until somebody looked.

    Returns how many. The caller commits (a job of the worker).
    """
    old = select(OutboxMessage.id).where(OutboxMessage.delivered_at < clock.now() - KEPT).limit(SWEEP_ROWS)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(OutboxMessage).where(OutboxMessage.id.in_(ids)))
    return len(ids)


def listed(state: str, before: UUID | None, limit: int) -> list[OutboxMessage]:
    """Return messages newest first, those older than *before*: ``pending``, ``dead``, ``delivered`` or ``all``."""
    query = select(OutboxMessage).order_by(OutboxMessage.id.desc()).limit(limit)
    if state != "all":
        query = query.where(STATES[state])
    if before is not None:
        query = query.where(OutboxMessage.id < before)
    return list(db.session.scalars(query))


def retry(message_id: UUID) -> bool:
    """Let a message that is dead or waits for its next attempt be tried now; False when there is none such.

    The caller commits.
    """
    message = db.session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None or message.delivered_at is not None:
        return False
    message.dead_at = None
    message.attempts = 0
    message.next_attempt_at = clock.now()
    log.record(
        EventName.DELIVERY_RETRIED,
        account_id=message.account_id,
        client_id=message.receiver or None,
        message_id=str(message.id),
        kind=message.kind,
    )
    return True
