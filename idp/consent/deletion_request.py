"""Asking a relying party to delete what it holds about a person (PIPL art. 47), and what it answered.

The request is told as a security event (`Signal.DELETION_REQUESTED`); the relying party answers at
``data_deletion_endpoint``. One open request for each account and relying party: asking twice is asking once. What
happens when no answer comes is `deletion_due`.
"""

import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, String, Text, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, rate_limit
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.consent import consent_record
from idp.db import Model, UtcDateTime, db, insert_if_absent, partial_index
from idp.errors import Conflict, InvalidInput, NotFound
from idp.outbox import signal
from idp.outbox.signal import Signal
from idp.relying_parties import cache
from idp.uuid7 import uuid7

REQUESTED, IN_PROGRESS = "requested", "in_progress"
COMPLETED, PARTIAL, REFUSED = "completed", "partial", "refused"
# What a relying party may answer; the last three end the request.
FINAL = (COMPLETED, PARTIAL, REFUSED)
ANSWERS = (IN_PROGRESS, *FINAL)
# The person has a right to know why something stays (PIPL art. 50).
NEED_REASON = (PARTIAL, REFUSED)
LONGEST_REASON = 500
ANSWER_DAYS = 15
ANSWERS_A_DAY, DAY_SECONDS = 20, 86_400


class DeletionRequest(Model):
    """One request. ``asked_by`` is who asked for the account, null when it was the person."""

    __tablename__ = "deletion_requests"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    client_id: Mapped[str] = mapped_column(String(255))
    asked_by: Mapped[UUID | None] = mapped_column(Uuid)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def answer_by(self) -> datetime:
        """Until when the relying party has to answer."""
        return self.asked_at + timedelta(days=ANSWER_DAYS)

    @property
    def is_open(self) -> bool:
        """Whether the relying party still owes a final answer."""
        return self.closed_at is None


IS_OPEN = DeletionRequest.closed_at.is_(None)

partial_index(
    "uq_deletion_requests_open",
    DeletionRequest.account_id,
    DeletionRequest.client_id,
    unique=True,
    where=IS_OPEN,
)
Index("ix_deletion_requests_account_id", DeletionRequest.account_id, DeletionRequest.id)
partial_index("ix_deletion_requests_due", DeletionRequest.asked_at, where=IS_OPEN)
Index("ix_deletion_requests_closed_at", DeletionRequest.closed_at)


def ask(account: Account, client_id: str, by: UUID | None = None) -> DeletionRequest:
    """Ask the relying party to delete; return the open request, the earlier one where there is one already.

    Raises NotFound ``nothing_released`` for a relying party that was never given anything. The caller commits.
    """
    if consent_record.find(account.id, client_id) is None:
        raise NotFound("nothing_released")
    made = insert_if_absent(
        DeletionRequest,
        id=uuid7(),
        account_id=account.id,
        client_id=client_id,
        asked_by=by,
        asked_at=clock.now(),
        status=REQUESTED,
        reason="",
    )
    request = find_open(account.id, client_id)
    if request is None:
        # Answered in this very moment: what was asked is done.
        raise Conflict("deletion_just_answered")
    if made:
        tell_site(request)
        log.record(
            EventName.DELETION_REQUESTED,
            account_id=account.id,
            client_id=client_id,
            actor=f"account:{by}" if by else None,
            request_id=str(request.id),
        )
    return request


def answer(request_id: UUID, client_id: str, status: str, reason: str = "") -> DeletionRequest:
    """Note what the relying party did, and tell the person when that is its last word. The caller commits.

    The same answer again changes nothing. Raises InvalidInput, NotFound, Conflict ``deletion_answered``.
    """
    if status not in ANSWERS:
        raise _wrong(f"status must be one of {', '.join(ANSWERS)}")
    reason = _checked(reason)
    if status in NEED_REASON and not reason:
        raise _wrong(f"reason is needed with status {status}")
    request = db.session.get(DeletionRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None or request.client_id != client_id:
        raise NotFound("deletion_request_unknown")
    if (request.status, request.reason) == (status, reason):
        return request
    if not request.is_open:
        raise Conflict("deletion_answered")
    if status == IN_PROGRESS:
        # Each answer is written down: nobody fills the record with news of nothing.
        rate_limit.check(f"deletion_answers:{request_id}", ANSWERS_A_DAY, DAY_SECONDS)
    now = clock.now()
    request.status, request.reason, request.answered_at = status, reason, now
    is_final = status in FINAL
    request.closed_at = now if is_final else None
    db.session.flush()
    log.record(
        EventName.DELETION_ANSWERED,
        account_id=request.account_id,
        client_id=client_id,
        actor=f"relying_party:{client_id}",
        request_id=str(request.id),
        status=status,
    )
    if is_final:
        tell_person(request, "deletion_answered")
    return request


def find_open(account_id: UUID, client_id: str) -> DeletionRequest | None:
    """Return the request that the relying party still has to answer."""
    of_both = (DeletionRequest.account_id == account_id) & (DeletionRequest.client_id == client_id)
    return db.session.scalars(select(DeletionRequest).where(of_both, IS_OPEN)).one_or_none()


def of_account(
    account_id: UUID, *, client_id: str | None = None, before: UUID | None = None, limit: int = 50
) -> list[DeletionRequest]:
    """Return the account's requests, newest first; those to one relying party, those older than *before*."""
    query = select(DeletionRequest).where(DeletionRequest.account_id == account_id)
    if client_id is not None:
        query = query.where(DeletionRequest.client_id == client_id)
    if before is not None:
        query = query.where(DeletionRequest.id < before)
    return list(db.session.scalars(query.order_by(DeletionRequest.id.desc()).limit(limit)))


def tell_site(request: DeletionRequest) -> None:
    """Note that the relying party has to hear of the request, for the first time or again."""
    signal.add(
        Signal.DELETION_REQUESTED,
        request.account_id,
        client_id=request.client_id,
        request_id=str(request.id),
        reference=str(request.id),
        answer_by=int(request.answer_by.timestamp()),
        initiating_entity="user",
    )


def tell_person(request: DeletionRequest, name: str) -> None:
    """Tell the person with the notice *name*."""
    account = accounts.find(request.account_id)
    rp = cache.find(request.client_id)
    if account is not None:
        notice.tell(account, name, site=rp.client_name.text(account.locale) if rp else request.client_id)


def _checked(reason: str) -> str:
    text = unicodedata.normalize("NFC", reason).strip()
    if len(text) > LONGEST_REASON:
        raise _wrong(f"reason must have at most {LONGEST_REASON} characters")
    # The person reads it: nothing that hides or turns text around.
    if any(unicodedata.category(character).startswith("C") for character in text):
        raise _wrong("reason must be one line of plain text")
    return text


def _wrong(detail: str) -> InvalidInput:
    return InvalidInput("invalid_request", detail=detail)
