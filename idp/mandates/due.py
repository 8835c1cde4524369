"""What comes due by date: ends, invitations nobody took, endings to announce, and the birthdays of children.

Jobs of the worker. They write down and tell; what may be done follows the dates by itself (`decision`), however late
they run. Each takes a batch that no other worker has, until nothing is due.
"""

from datetime import date

from sqlalchemy import ColumnElement, select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit, db
from idp.mandates import age, ending, guardianship, rules_file
from idp.mandates import mandate as mandates
from idp.mandates.decision import ACTIVE, PROPOSED
from idp.mandates.mandate import Mandate
from idp.mandates.rules import GUARDIAN

BATCH = 100


def run() -> int:
    """Do all that is due; return how many mandates that were. Commits batch by batch."""
    done = 0
    for step in (end_expired, end_unconfirmed, review):
        while count := step():
            commit()
            done += count
        commit()
    return done


def end_expired() -> int:
    """End mandates whose last moment has passed."""
    due = _due(Mandate.expires_at <= clock.now(), Mandate.ended_at.is_(None))
    for mandate in due:
        of_age = mandate.role == GUARDIAN
        ended = ending.end(mandate, ending.OF_AGE if of_age else ending.EXPIRED)
        if ended and of_age:
            _tell(mandate, "guardian_of_age")
    return len(due)


def end_unconfirmed() -> int:
    """End invitations that were not confirmed in time."""
    due = _due(Mandate.review_at <= clock.now(), Mandate.status == PROPOSED)
    for mandate in due:
        ending.end(mandate, ending.NOT_CONFIRMED)
    return len(due)


def review() -> int:
    """Tell the two of a mandate that it ends soon, or that a birthday changed what the guardian may."""
    now = clock.now()
    due = _due(Mandate.review_at <= now, Mandate.status == ACTIVE)
    for mandate in due:
        child = accounts.get(mandate.principal_id)
        birthdate = accounts.birthdate_of(child) if mandate.role == GUARDIAN else None
        if birthdate is None:
            mandate.review_at = None
            _tell(mandate, "mandate_ends_soon")
            continue
        born = date.fromisoformat(birthdate)
        mandate.review_at = guardianship.next_change(born, now)
        years = age.years(born, now)
        log.record(
            EventName.MANDATE_NARROWED,
            account_id=mandate.principal_id,
            actor="worker",
            reason="birthday",
            guardian_acts=rules_file.get().at_age(years).guardian_acts,
            consents=rules_file.get().at_age(years).consents,
            **mandates.values_of(mandate),
        )
        _tell(mandate, "guardian_birthday", age=str(years))
    return len(due)


def _due(*which: ColumnElement[bool]) -> list[Mandate]:
    query = select(Mandate).where(*which).order_by(Mandate.id).limit(BATCH)
    return list(db.session.scalars(query.with_for_update(skip_locked=True)))


def _tell(mandate: Mandate, name: str, **values: str) -> None:
    for account_id in (mandate.principal_id, mandate.holder_id):
        account = accounts.find(account_id)
        if account is not None and account.status == accounts.ACTIVE:
            notice.tell(account, name, **values)
