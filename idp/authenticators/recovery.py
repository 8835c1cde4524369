"""Account recovery: the row from "proven" or "on the way to a counter" to a new password, and everything that stops it.

One open recovery for an account, by the database. It waits before it can be completed, and every channel of the
account is told, with an address that stops it; a ticket, kept only as a digest, leads back to it days later
(NIST SP 800-63B-4 §4.2). How strongly somebody must prove who they are is `recovery_proof`'s.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import known_device, lost_factors, pwd, recovery_proof, recovery_ticket, ways_in
from idp.db import Json, Model, UtcDateTime, db, insert_if_absent
from idp.errors import Conflict, Expired, Forbidden
from idp.keys import field_cipher
from idp.outbox import message
from idp.proofing import case as cases
from idp.proofing import case_row
from idp.settings import SETTINGS
from idp.uuid7 import uuid7

COUNTER = "counter"
WAITING = "waiting"
COMPLETED = "completed"
STOPPED = "stopped"
EXPIRED = "expired"
RECOVERED = "account_recovered"
"""Kind of the outbox message after which no session and no grant of the time before is left."""

KEPT = timedelta(days=90)
SWEEP_ROWS = 1000


class Recovery(Model):
    """One attempt. Open while ``ended_at`` is null; ``lost``: the other ways of signing in are to be removed too.

    ``phone_sealed``: a number that the account does not have yet and gets with the new password.
    """

    __tablename__ = "recoveries"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    ticket_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    stop_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(String(12))
    proofs: Mapped[list[str]] = mapped_column(Json)
    lost: Mapped[bool]
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    case_id: Mapped[UUID | None] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def stands(self, now: datetime) -> str:
        """Return the state, with what only time has changed."""
        return EXPIRED if self.ended_at is None and now >= self.expires_at else self.state

    def is_ready(self, now: datetime) -> bool:
        """Whether the waiting is over and it may be completed."""
        return self.stands(now) == WAITING and self.ready_at is not None and now >= self.ready_at


_OPEN = Recovery.ended_at.is_(None)
Index("uq_recoveries_open", Recovery.account_id, unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN)
Index("ix_recoveries_expires_at", Recovery.expires_at)


@dataclass(frozen=True)
class Begun:
    """A new recovery and its ticket, which nobody can read again."""

    recovery: Recovery
    ticket: str


def begin(
    account: Account,
    *,
    proofs: list[str],
    level: int,
    lost: bool,
    new_phone: str | None = None,
    case_id: UUID | None = None,
) -> Begun:
    """Open a recovery: waiting when proven, at the counter with *case_id*. The caller commits.

    Raises Forbidden (`check_allowed`), Conflict ``recovery_open`` when one is waiting already; one that is only on
    its way to a counter is replaced, because nothing was proven in it yet.
    """
    check_allowed(account)
    ways_in.take_turn(account.id)
    now = clock.now()
    for earlier in db.session.scalars(select(Recovery).where(Recovery.account_id == account.id, _OPEN)).all():
        if earlier.stands(now) == WAITING:
            raise Conflict("recovery_open", "A recovery of this account is under way already")
        _end(earlier.id, EXPIRED, now)
        _cancel_case(earlier)
    ticket, recovery_id = recovery_ticket.new(), uuid7()
    created = insert_if_absent(
        Recovery,
        id=recovery_id,
        account_id=account.id,
        ticket_digest=recovery_ticket.find_digest(ticket),
        stop_digest=recovery_ticket.stop_digest(recovery_ticket.stop_token(recovery_id)),
        state=COUNTER if case_id else WAITING,
        proofs=proofs,
        lost=lost,
        phone_sealed=None if new_phone is None else field_cipher.seal(new_phone, _context(recovery_id)),
        case_id=case_id,
        created_at=now,
        ready_at=None if case_id else now + waiting(level, lost=lost),
        expires_at=now + timedelta(seconds=SETTINGS.get().recovery.life),
    )
    if not created:
        raise Conflict("recovery_open", "A recovery of this account is under way already")
    recovery = db.session.get_one(Recovery, recovery_id)
    log.record(EventName.RECOVERY_STARTED, account_id=account.id, recovery_id=recovery_id, proofs=proofs)
    _tell(account, recovery)
    return Begun(recovery, ticket)


def check_allowed(account: Account) -> None:
    """Raise Forbidden for whom recovery is not: officials (their administrator), frozen and closed accounts."""
    if account.kind != accounts.CITIZEN:
        raise Forbidden("recovery_official", "Officials turn to the administrator of their organisation")
    accounts.check_active(account)


def waiting(level: int, *, lost: bool) -> timedelta:
    """Return how long a recovery waits for an account of proofing *level*; longer where other ways are removed."""
    periods = SETTINGS.get().recovery
    seconds = (periods.wait_p0, periods.wait_p1, periods.wait_p2, periods.wait_p3, periods.wait_p4)[level]
    return timedelta(seconds=max(seconds, periods.wait_lost) if lost else seconds)


def settle(recovery: Recovery, level: int) -> None:
    """Take over what the counter decided: the waiting begins, or the recovery is over. The caller commits.

    Over it is too when the account was proven better meanwhile than whoever began it.
    """
    if recovery.state == WAITING and not _is_strong_enough(recovery):
        if _end(recovery.id, EXPIRED, clock.now()):
            db.session.refresh(recovery)
        return
    case = case_row.find(recovery.case_id) if recovery.state == COUNTER and recovery.case_id else None
    if case is None:
        return
    if case.state == case_row.APPROVED:
        arrive(recovery, level)
    elif not case.is_open and _end(recovery.id, EXPIRED, clock.now()):
        db.session.refresh(recovery)


def arrive(recovery: Recovery, level: int) -> None:
    """Let the waiting begin, and say so on every channel. Of many callers one does it."""
    ready_at = clock.now() + waiting(level, lost=recovery.lost)
    moved = db.session.execute(
        update(Recovery)
        .where(Recovery.id == recovery.id, Recovery.state == COUNTER, _OPEN)
        .values(state=WAITING, ready_at=ready_at, proofs=[*recovery.proofs, COUNTER])
        .returning(Recovery.id)
    ).first()
    db.session.refresh(recovery)
    if moved is not None:
        log.record(EventName.RECOVERY_PROVEN, account_id=recovery.account_id, recovery_id=recovery.id)
        _tell(accounts.get(recovery.account_id), recovery)


def find(recovery_id: UUID) -> Recovery | None:
    """Return the recovery, as the database has it."""
    return db.session.get(Recovery, recovery_id, populate_existing=True)


def find_by_ticket(typed: str) -> Recovery | None:
    """Return the recovery of that ticket, however it was typed, or None."""
    digest = recovery_ticket.find_digest(typed)
    if digest is None:
        return None
    wanted = select(Recovery).where(Recovery.ticket_digest == digest)
    return db.session.scalars(wanted).one_or_none()


def find_by_stop(token: str) -> Recovery | None:
    """Return the recovery that the address in a notice is about, or None."""
    wanted = select(Recovery).where(Recovery.stop_digest == recovery_ticket.stop_digest(token))
    return db.session.scalars(wanted).one_or_none()


def find_open(account_id: UUID) -> Recovery | None:
    """Return the account's open recovery, or None."""
    found = db.session.scalars(select(Recovery).where(Recovery.account_id == account_id, _OPEN)).one_or_none()
    return found if found is not None and found.stands(clock.now()) != EXPIRED else None


def stop(recovery: Recovery) -> bool:
    """End it because it was not the person; of many callers, and against a completion, one gets True."""
    if not _end(recovery.id, STOPPED, clock.now()):
        return False
    _cancel_case(recovery)
    log.record(EventName.RECOVERY_STOPPED, account_id=recovery.account_id, recovery_id=recovery.id)
    notice.tell(accounts.get(recovery.account_id), "recovery_stopped")
    return True


def complete(recovery: Recovery, hashed: str) -> None:
    """Make *hashed* the password, remove what was lost, and have every session end: all or nothing, once.

    Raises Expired ``recovery_ended`` when it was stopped, completed or too early, ``recovery_too_weak`` when the
    account was proven better meanwhile than whoever began it; Forbidden (`check_allowed`).
    """
    now = clock.now()
    ways_in.take_turn(recovery.account_id)
    account = accounts.get(recovery.account_id)
    db.session.refresh(account)
    check_allowed(account)
    if not _is_strong_enough(recovery):
        raise Expired("recovery_too_weak", "This account has been verified since. Begin once more")
    done = db.session.execute(
        update(Recovery)
        .where(
            Recovery.id == recovery.id,
            Recovery.state == WAITING,
            Recovery.ready_at <= now,
            Recovery.expires_at > now,
            _OPEN,
        )
        .values(state=COMPLETED, ended_at=now)
        .returning(Recovery.id)
    ).first()
    if done is None:
        raise Expired("recovery_ended", "This recovery cannot be completed any more")
    notice.tell(account, "recovery_completed")
    pwd.store(account.id, hashed)
    if recovery.lost:
        lost_factors.remove(account.id)
    if recovery.phone_sealed is not None:
        _give_phone(account, field_cipher.open_sealed(recovery.phone_sealed, _context(recovery.id)))
    known_device.forget_all(account.id)
    log.record(
        EventName.RECOVERY_COMPLETED, account_id=account.id, recovery_id=recovery.id, lost=recovery.lost
    )
    message.add(RECOVERED, {"before": now.isoformat()}, account.id, receiver=f"account:{account.id}")


def sweep() -> None:
    """End what nobody completed in time, and delete some of what ended long ago (a job of the worker)."""
    now = clock.now()
    late = select(Recovery).where(_OPEN, Recovery.expires_at <= now).limit(SWEEP_ROWS)
    for one in db.session.scalars(late).all():
        _end(one.id, EXPIRED, now)
    old = select(Recovery.id).where(Recovery.ended_at.is_not(None), Recovery.expires_at <= now - KEPT)
    ids = db.session.scalars(old.limit(SWEEP_ROWS)).all()
    db.session.execute(delete(Recovery).where(Recovery.id.in_(ids)))


def _cancel_case(recovery: Recovery) -> None:
    case = case_row.find(recovery.case_id) if recovery.case_id else None
    if case is not None:
        cases.cancel(case)


def _is_strong_enough(recovery: Recovery) -> bool:
    return recovery_proof.is_strong_enough(recovery.proofs, accounts.get(recovery.account_id))


def _give_phone(account: Account, phone: str) -> None:
    # Taken by another account meanwhile: the recovery is worth more than the number.
    if accounts.find_by_phone(phone) is None:
        accounts.change_phone(account, phone)


def _end(recovery_id: UUID, state: str, now: datetime) -> bool:
    ended = db.session.execute(
        update(Recovery)
        .where(Recovery.id == recovery_id, _OPEN)
        .values(state=state, ended_at=now)
        .returning(Recovery.id)
    ).first()
    return ended is not None


def _tell(account: Account, recovery: Recovery) -> None:
    link = f"{SETTINGS.get().issuer}/recovery/stop/{recovery_ticket.stop_token(recovery.id)}"
    if recovery.ready_at is None:
        notice.tell(account, "recovery_counter", link=link)
        return
    ready = recovery.ready_at.astimezone(notice.CHINA).strftime("%m-%d %H:%M")
    notice.tell(account, "recovery_waiting", ready=ready, link=link)


def _context(recovery_id: UUID) -> str:
    return f"recoveries.phone:{recovery_id}"
