"""Checking everybody against the registers again, every day (a job of the worker).

Accounts go by in the order of their ids, BATCH at a time: the register is asked about all of them at once, what
follows is done and the place noted in one transaction. So memory does not grow with their number, a worker that dies
is carried on from its place, and two that run at once do not count anything twice. A run does a few seconds' work and
leaves the rest to the next one: other jobs wait for it.
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import String, and_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, logs
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account
from idp.db import Model, UtcDateTime, commit, db, insert_if_absent
from idp.errors import Upstream
from idp.identifiers import document, passport, uscc
from idp.mandates.mandate import IS_OPEN, Mandate
from idp.mandates.rules import REPRESENTATIVE
from idp.proofing import register_change, register_digest, registers
from idp.settings import SETTINGS
from idp.uuid7 import uuid7

SECONDS = 4.0
BATCH = 500
NIL = UUID(int=0)
# Numbers that the register of people knows; passports and network identities are known elsewhere.
WATCHED = {
    registers.POPULATION_STATUS: tuple(kind for kind in document.ALL if kind != passport.TYPE),
    registers.ENTERPRISE_STATUS: (uscc.TYPE,),
}

_log = logs.get(__name__)


class RegisterCheck(Model):
    """How far the present round through all accounts has come, for each register."""

    __tablename__ = "register_checks"

    source: Mapped[str] = mapped_column(String(30), primary_key=True)
    round_started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    round_ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[UUID]
    checked: Mapped[int]
    changed: Mapped[int]


def run(seconds: float = SECONDS) -> int:
    """Check accounts for about that long, or until the rounds are done; return how many were checked. Commits."""
    ends = time.monotonic() + seconds
    checked = 0
    for source in WATCHED:
        while time.monotonic() < ends:
            done = check_batch(source)
            if done is None:
                break
            checked += done
    return checked


def check_batch(source: str) -> int | None:
    """Check the next accounts of *source*'s round; return how many, None when there is nothing to do now. Commits.

    Raises what `registers.ask` raises; the place stays then.
    """
    check = _due(source)
    if check is None:
        return None
    batch = _next(source, check.place)
    commit()
    if not batch:
        return None if _advance(check, None, 0, 0) else 0
    numbers = {account.id: held.number for account in batch if (held := identity.of(account))}
    asked = sorted(set(numbers.values()))
    answer = registers.ask(source, {"numbers": asked}, str(uuid7()))
    found = answer.details.get("statuses")
    if answer.result != registers.MATCH or not isinstance(found, Mapping):
        # Nobody was checked by it, so the place stays.
        raise Upstream("register_statement_invalid", detail=f"{source}: statuses")
    changed = 0
    for account, change in _changes(source, batch, numbers, found):
        changed += register_change.apply(account, change, source=source)
    if not _advance(check, batch[-1].id, len(batch), changed):
        # Another process has done this batch meanwhile; ours is rolled back.
        return 0
    db.session.expunge_all()
    return len(batch)


def _due(source: str) -> RegisterCheck | None:
    now = clock.now()
    values = {"round_started_at": now, "round_ended_at": None, "place": NIL, "checked": 0, "changed": 0}
    check = db.session.get(RegisterCheck, source, populate_existing=True)
    if check is None:
        insert_if_absent(RegisterCheck, source=source, **values)
        check = db.session.get(RegisterCheck, source, populate_existing=True)
    if check is None or check.round_ended_at is None:
        return check
    days = timedelta(days=SETTINGS.get().registers.recheck_days)
    if now < check.round_started_at + days:
        commit()
        return None
    db.session.execute(
        update(RegisterCheck)
        .where(
            RegisterCheck.source == source,
            RegisterCheck.round_started_at == check.round_started_at,
            RegisterCheck.round_ended_at.is_not(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return db.session.get(RegisterCheck, source, populate_existing=True)


def _next(source: str, place: UUID) -> Sequence[Account]:
    return db.session.scalars(
        select(Account)
        .where(
            Account.id > place,
            Account.identity_type.in_(WATCHED[source]),
            Account.status == accounts.ACTIVE,
        )
        .order_by(Account.id)
        .limit(BATCH)
    ).all()


def _advance(check: RegisterCheck, place: UUID | None, count: int, changed: int) -> bool:
    """Note how far we are, unless somebody else was faster; then nothing of this transaction stands."""
    values: dict[str, Any] = {"round_ended_at": clock.now()}
    if place is not None:
        values = {
            "place": place,
            "checked": RegisterCheck.checked + count,
            "changed": RegisterCheck.changed + changed,
        }
    moved = db.session.execute(
        update(RegisterCheck)
        .where(
            RegisterCheck.source == check.source,
            RegisterCheck.round_started_at == check.round_started_at,
            RegisterCheck.place == check.place,
            RegisterCheck.round_ended_at.is_(None),
        )
        .values(**values)
        .returning(RegisterCheck.source)
        .execution_options(synchronize_session=False)
    ).first()
    if moved is None:
        db.session.rollback()
        return False
    commit()
    if place is None:
        _log.info("register round ended", source=check.source, checked=check.checked, changed=check.changed)
    return True


def _changes(
    source: str, batch: Sequence[Account], numbers: Mapping[UUID, str], statuses: Mapping[str, Any]
) -> list[tuple[Account, str]]:
    """Return for each account of which the register says something else than we believe, what changed."""
    representatives = _representatives(batch) if source == registers.ENTERPRISE_STATUS else {}
    found = []
    for account in batch:
        number = numbers.get(account.id, "")
        status = statuses.get(number)
        if not isinstance(status, Mapping):
            continue
        if source == registers.ENTERPRISE_STATUS:
            change = _enterprise_change(account, number, status, representatives.get(account.id))
        else:
            change = _citizen_change(account, number, status)
        if change is not None:
            found.append((account, change))
    return found


def _citizen_change(account: Account, number: str, status: Mapping[str, Any]) -> str | None:
    if status.get("status") == register_change.DECEASED:
        return register_change.DECEASED
    digest = status.get("name_digest")
    if status.get("status") == register_change.CANCELLED:
        change = register_change.CANCELLED
    elif digest is not None and digest != register_digest.of_name(number, accounts.name_of(account)):
        change = register_change.NAME_CHANGED
    elif status.get("card") in ("lost", "expired"):
        change = register_change.CARD_LOST
    else:
        return None
    # Known already, or never believed: no work each day for what has been done.
    return change if register_change.touched(account, change) else None


def _enterprise_change(
    account: Account, uscc_number: str, status: Mapping[str, Any], representative: str | None
) -> str | None:
    if status.get("status") in (register_change.DISSOLVED, register_change.REVOKED):
        return str(status["status"])
    digest = status.get("name_digest")
    if digest is not None and digest != register_digest.of_name(uscc_number, accounts.name_of(account)):
        return register_change.NAME_CHANGED if account.standing else None
    named = status.get("representative")
    said = named.get("identity_digest") if isinstance(named, Mapping) else None
    if representative is None or said is None:
        return None
    return (
        register_change.NEW_REPRESENTATIVE
        if said != register_digest.of_number(uscc_number, representative)
        else None
    )


def _representatives(batch: Sequence[Account]) -> dict[UUID, str]:
    """Return the number of whom we hold to be each enterprise's representative; one query."""
    rows = db.session.execute(
        select(Mandate.principal_id, Account)
        .join(Account, Account.id == Mandate.holder_id)
        .where(
            and_(
                Mandate.principal_id.in_([account.id for account in batch]),
                Mandate.role == REPRESENTATIVE,
                IS_OPEN,
            )
        )
    )
    return {
        principal_id: held.number
        for principal_id, holder in rows
        if (held := identity.of(holder)) and held.type != identity.NETWORK_ID
    }
