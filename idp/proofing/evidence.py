"""Evidence: one proven piece of who somebody is, with its source, its time and its end (domain §2).

Every change rewrites the short form on the account (`Account.standing`), which is all that levels are computed from,
and tells the rest of the house by the outbox message ``standing_changed``: all in the transaction of the change.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import notice
from idp.accounts.account import Account
from idp.assurance import evidence as standing
from idp.assurance import proofing_level
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db, partial_index
from idp.errors import NotFound
from idp.level_policy import current
from idp.outbox import message, signal
from idp.outbox.signal import Signal
from idp.uuid7 import uuid7

STANDING_CHANGED = "standing_changed"
RENEWED = "renewed"
EXPIRED = "expired"
# What says nothing of whose account it is.
OF_NO_IDENTITY = frozenset({"self", "phone"})
BATCH = 200
WORTH_TELLING = 2
# Whoever loses a name, or closes the account, is told so in words of its own.
TOLD_OTHERWISE = frozenset({"identity_lost", "account_closed"})


class Evidence(Model):
    """One piece. It counts until ``expires_at`` unless it was ended before; of each code one at a time."""

    __tablename__ = "evidence"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    code: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(60))
    case_id: Mapped[UUID | None]
    # Of the answer or document it rests on: what is kept instead of it.
    digest: Mapped[str | None] = mapped_column(String(64))
    obtained_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(60))


_VALID = Evidence.ended_at.is_(None)

Index("ix_evidence_account", Evidence.account_id, Evidence.id)
partial_index(
    "uq_evidence_valid",
    Evidence.account_id,
    Evidence.code,
    unique=True,
    where=_VALID,
)
partial_index("ix_evidence_expiry", Evidence.expires_at, where=_VALID)
# Who rests on another person's word; by its source nothing else is looked for.
_IS_WORD = text("ended_at IS NULL AND code = 'vouch'")
partial_index("ix_evidence_word", Evidence.source, where=_IS_WORD)
# Who rests on the word of another province's provider, by provider.
PROVINCE = "province:"
_IS_PROVINCE = text("ended_at IS NULL AND source LIKE 'province:%'")
partial_index("ix_evidence_province", Evidence.source, Evidence.account_id, where=_IS_PROVINCE)


def add(
    account: Account,
    code: str,
    *,
    source: str,
    case_id: UUID | None = None,
    digest: str | None = None,
    until: datetime | None = None,
) -> Evidence:
    """Add a piece to *account*; an earlier one of this code is renewed by it.

    It ends at *until*, or when the policy says, whichever is first. Raises NotFound (``evidence_code_unknown``).
    """
    now = clock.now()
    policy = current.get()
    if code not in policy.evidence:
        raise NotFound("evidence_code_unknown", detail=code)
    _lock(account)
    for piece in _valid(account.id, {code}):
        _end(piece, now, RENEWED)
    # The one before is ended in the database before this one is there: one of each code at a time.
    db.session.flush()
    piece = Evidence(
        id=uuid7(),
        account_id=account.id,
        code=code,
        source=source,
        case_id=case_id,
        digest=digest,
        obtained_at=now,
        expires_at=standing.end_of(policy, standing.Evidence(code, now, until)),
    )
    db.session.add(piece)
    log.record(EventName.EVIDENCE_ADDED, account_id=account.id, evidence=code, source=source, case_id=case_id)
    _rewrite(account, now, code)
    return piece


def revoke(account: Account, codes: Collection[str], reason: str) -> list[str]:
    """End the valid pieces of *account* with these codes; return the codes that were ended. Twice does no harm."""
    _lock(account)
    return _revoke(account, _valid(account.id, codes), reason)


def revoke_word(account: Account, source: str, reason: str) -> list[str]:
    """End what is valid of *account* by the word of *source*; return the codes. Twice does no harm."""
    _lock(account)
    return _revoke(account, [one for one in _valid(account.id) if one.source == source], reason)


def of_account(account_id: UUID) -> list[Evidence]:
    """Return every piece there ever was, the newest first."""
    query = (
        select(Evidence).where(Evidence.account_id == account_id).order_by(Evidence.id.desc()).limit(BATCH)
    )
    return list(db.session.scalars(query))


def resting_on_word(source: str) -> list[UUID]:
    """Return the accounts that have valid evidence by the word of *source*, a batch of them."""
    query = select(Evidence.account_id).where(_IS_WORD, Evidence.source == source)
    return list(db.session.scalars(query.order_by(Evidence.account_id).limit(BATCH)))


def next_province(after: str) -> str | None:
    """Return the source behind *after* of valid evidence by another province's word, or None. One step in an index."""
    sources = select(func.min(Evidence.source)).where(_IS_PROVINCE, Evidence.source > after)
    return db.session.execute(sources).scalar_one()


def resting_on_province(source: str) -> list[UUID]:
    """Return the accounts that have valid evidence by the word of that province's provider, a batch of them."""
    query = select(Evidence.account_id).where(_IS_PROVINCE, Evidence.source == source)
    return list(db.session.scalars(query.order_by(Evidence.account_id).limit(BATCH)))


def valid_codes(account: Account, now: datetime) -> frozenset[str]:
    """Return the codes of what counts at *now*, from the short form: no query."""
    return frozenset(
        piece.code
        for piece in standing.from_standing(account.standing)
        if piece.until is None or piece.until > now
    )


def level(account: Account, now: datetime) -> int:
    """Return the account's proofing level at *now* by the policy in force: no query."""
    pieces = standing.from_standing(account.standing)
    return proofing_level.of(current.get(), account.kind, pieces, now)


def end_expired() -> int:
    """End the pieces whose time is over, a batch of them; return how many. The worker calls it until it says 0."""
    now = clock.now()
    due = select(Evidence.account_id).where(_VALID, Evidence.expires_at <= now)
    account_ids = db.session.scalars(due.distinct().order_by(Evidence.account_id).limit(BATCH)).all()
    ended = 0
    for account_id in account_ids:
        account = accounts.get(account_id)
        _lock(account)
        over = [
            piece for piece in _valid(account_id) if piece.expires_at is not None and piece.expires_at <= now
        ]
        for piece in over:
            _end(piece, now, EXPIRED)
        if over:
            _rewrite(account, now, EXPIRED)
        ended += len(over)
    return ended


def _valid(account_id: UUID, codes: Collection[str] | None = None) -> list[Evidence]:
    query = select(Evidence).where(Evidence.account_id == account_id, _VALID).order_by(Evidence.id)
    if codes is not None:
        query = query.where(Evidence.code.in_(sorted(codes)))
    return list(db.session.scalars(query))


def _revoke(account: Account, pieces: list[Evidence], reason: str) -> list[str]:
    now = clock.now()
    for piece in pieces:
        _end(piece, now, reason)
        log.record(EventName.EVIDENCE_REVOKED, account_id=account.id, evidence=piece.code, reason=reason)
    if pieces:
        _rewrite(account, now, reason)
    return [piece.code for piece in pieces]


def _lock(account: Account) -> None:
    # Two changes to one account follow one another, and the second sees what the first wrote.
    db.session.flush()
    db.session.refresh(account, with_for_update=True)


def _end(piece: Evidence, now: datetime, reason: str) -> None:
    piece.ended_at = now
    piece.end_reason = reason


def _rewrite(account: Account, now: datetime, cause: str) -> None:
    db.session.flush()
    policy = current.get()
    # The level that was last written down: what has run out since is lost by this change, or by the sweep.
    written = [replace(piece, until=None) for piece in standing.from_standing(account.standing)]
    before = proofing_level.of(policy, account.kind, written, now)
    account.standing = standing.to_standing(
        standing.Evidence(piece.code, piece.obtained_at, piece.expires_at) for piece in _valid(account.id)
    )
    account.updated_at = now
    after = level(account, now)
    if after != before:
        event = EventName.LEVEL_RAISED if after > before else EventName.LEVEL_LOWERED
        log.record(event, account_id=account.id, before=before, after=after, cause=cause)
        _tell(account, before, after, cause)
        signal.add(Signal.ASSURANCE_LEVEL_CHANGE, account.id, before=before, after=after)
    identities.restore_subject(account, after)
    message.add(STANDING_CHANGED, {"account_id": str(account.id)}, account.id, receiver="")
    db.session.flush()


def _tell(account: Account, before: int, after: int, cause: str) -> None:
    # A phone number alone is proven while signing up; enterprises and closed accounts have nobody who would read it.
    if cause in TOLD_OTHERWISE or account.status != accounts.ACTIVE or account.kind == accounts.ENTERPRISE:
        return
    if after < before:
        notice.tell(account, "level_lowered", level=str(after))
    elif after >= WORTH_TELLING:
        notice.tell(account, "level_raised", level=str(after))
