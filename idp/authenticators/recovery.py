"""Account recovery: the row from "proven" or "on the way to a counter" to a new password, and everything that stops it.

One open recovery for an account, by the database. It waits before it can be completed, and every channel of the
account is told, with an address that stops it; a ticket, kept only as a digest, leads back to it days later
(NIST SP 800-63B-4 §4.2). How strongly somebody must prove who they are is `recovery_proof`'s; the row and its
states are `recovery_row`'s.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice, phone_change
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import (
    known_device,
    lost_factors,
    pwd,
    recovery_proof,
    recovery_row,
    recovery_ticket,
    ways_in,
)
from idp.authenticators.recovery_row import IS_OPEN, Recovery
from idp.db import db, insert_if_absent
from idp.errors import Conflict, Expired, Forbidden
from idp.keys import field_cipher
from idp.outbox import message
from idp.proofing import case as cases
from idp.proofing import case_row
from idp.settings import SETTINGS
from idp.uuid7 import uuid7

RECOVERED = "account_recovered"
"""Kind of the outbox message after which no session and no grant of the time before is left."""


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
    for earlier in db.session.scalars(
        select(Recovery).where(Recovery.account_id == account.id, IS_OPEN)
    ).all():
        if earlier.stands(now) == recovery_row.WAITING:
            raise Conflict("recovery_open", "A recovery of this account is under way already")
        recovery_row.end(earlier.id, recovery_row.EXPIRED, now)
        _cancel_case(earlier)
    ticket, recovery_id = recovery_ticket.new(), uuid7()
    created = insert_if_absent(
        Recovery,
        id=recovery_id,
        account_id=account.id,
        ticket_digest=recovery_ticket.find_digest(ticket),
        stop_digest=recovery_ticket.stop_digest(recovery_ticket.stop_token(recovery_id)),
        state=recovery_row.COUNTER if case_id else recovery_row.WAITING,
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
    if recovery.state == recovery_row.WAITING and not _is_strong_enough(recovery):
        if recovery_row.end(recovery.id, recovery_row.EXPIRED, clock.now()):
            db.session.refresh(recovery)
        return
    case = (
        case_row.find(recovery.case_id)
        if recovery.state == recovery_row.COUNTER and recovery.case_id
        else None
    )
    if case is None:
        return
    if case.state == case_row.APPROVED:
        arrive(recovery, level)
    elif not case.is_open and recovery_row.end(recovery.id, recovery_row.EXPIRED, clock.now()):
        db.session.refresh(recovery)


def arrive(recovery: Recovery, level: int) -> None:
    """Let the waiting begin, and say so on every channel. Of many callers one does it."""
    ready_at = clock.now() + waiting(level, lost=recovery.lost)
    moved = db.session.execute(
        update(Recovery)
        .where(Recovery.id == recovery.id, Recovery.state == recovery_row.COUNTER, IS_OPEN)
        .values(
            state=recovery_row.WAITING, ready_at=ready_at, proofs=[*recovery.proofs, recovery_row.COUNTER]
        )
        .returning(Recovery.id)
    ).first()
    db.session.refresh(recovery)
    if moved is not None:
        log.record(EventName.RECOVERY_PROVEN, account_id=recovery.account_id, recovery_id=recovery.id)
        _tell(accounts.get(recovery.account_id), recovery)


def find_open(account_id: UUID) -> Recovery | None:
    """Return the account's open recovery, or None."""
    found = db.session.scalars(
        select(Recovery).where(Recovery.account_id == account_id, IS_OPEN)
    ).one_or_none()
    return found if found is not None and found.stands(clock.now()) != recovery_row.EXPIRED else None


def stop(recovery: Recovery) -> bool:
    """End it because it was not the person; of many callers, and against a completion, one gets True."""
    if not recovery_row.end(recovery.id, recovery_row.STOPPED, clock.now()):
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
            Recovery.state == recovery_row.WAITING,
            Recovery.ready_at <= now,
            Recovery.expires_at > now,
            IS_OPEN,
        )
        .values(state=recovery_row.COMPLETED, ended_at=now)
        .returning(Recovery.id)
    ).first()
    if done is None:
        raise Expired("recovery_ended", "This recovery cannot be completed any more")
    notice.tell(account, "recovery_completed")
    # Whoever was in it before may have agreed to something: what was shared until now is asked anew.
    account.reverified_at = now
    pwd.store(account.id, hashed)
    if recovery.lost:
        lost_factors.remove(account.id)
    if recovery.phone_sealed is not None:
        _give_phone(account, field_cipher.open_sealed(recovery.phone_sealed, _context(recovery.id)))
    if recovery_proof.BY_CARD & set(recovery.proofs):
        # Of several changes some were a stranger's, who would take the last one back to a number of theirs.
        phone_change.void(account.id)
    known_device.forget_all(account.id)
    log.record(
        EventName.RECOVERY_COMPLETED, account_id=account.id, recovery_id=recovery.id, lost=recovery.lost
    )
    message.add(RECOVERED, {"before": now.isoformat()}, account.id, receiver=f"account:{account.id}")


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


def _tell(account: Account, recovery: Recovery) -> None:
    link = f"{SETTINGS.get().issuer}/recovery/stop/{recovery_ticket.stop_token(recovery.id)}"
    if recovery.ready_at is None:
        notice.tell(account, "recovery_counter", link=link)
        return
    ready = recovery.ready_at.astimezone(notice.CHINA).strftime("%m-%d %H:%M")
    notice.tell(account, "recovery_waiting", ready=ready, link=link)


def _context(recovery_id: UUID) -> str:
    return f"recoveries.phone:{recovery_id}"
