"""An account that is going to close, as its owner wishes (PIPL art. 47): a time to think it over, and then the end.

Until ``closes_at`` everything works as before, and the owner can keep the account with one press: what is closed cannot
be brought back, and whoever broke in must not be able to destroy it in a minute.
"""

from datetime import datetime, timedelta

from sqlalchemy import exists, select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import ACTIVE, Account
from idp.accounts.notice import Notice
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit, db
from idp.settings import SETTINGS
from idp.tokens import account_closing, account_logout

SOON = timedelta(days=3)
BATCH = 100
REASON = "account_closed"
ASKED, REMINDED, KEPT = "closing_asked", "closing_soon", "closing_cancelled"


def ask(account: Account) -> datetime:
    """Let *account* close after the waiting time; return when. Asking again changes nothing. The caller commits.

    Forbidden when it was closed or frozen a moment before.
    """
    _lock(account)
    accounts.check_active(account)
    if account.closes_at is not None:
        return account.closes_at
    account.closes_at = clock.now() + timedelta(seconds=SETTINGS.get().lifetimes.account_closing)
    log.record(EventName.CLOSING_REQUESTED, account_id=account.id)
    notice.tell(account, ASKED, day=_day(account.closes_at))
    return account.closes_at


def cancel(account: Account) -> bool:
    """Keep *account*; return False when it was not going to close. The caller commits."""
    _lock(account)
    if account.closes_at is None:
        return False
    account.closes_at = None
    log.record(EventName.CLOSING_CANCELLED, account_id=account.id)
    notice.tell(account, KEPT)
    return True


def run() -> int:
    """Close what is due and remind of what soon is (a job of the worker); return how many accounts were closed."""
    done = 0
    while count := _close_due():
        done += count
    while _remind():
        commit()
    commit()
    return done


def _close_due() -> int:
    due = select(Account).where(Account.closes_at <= clock.now(), Account.status == ACTIVE)
    found = db.session.scalars(
        due.order_by(Account.closes_at).limit(BATCH).with_for_update(skip_locked=True)
    ).all()
    closed = []
    for account in found:
        account_closing.close(account, actor=str(account.id))
        closed.append(account.id)
    commit()
    for account_id in closed:
        account_logout.end_all(account_id, REASON)
    return len(closed)


def _remind() -> int:
    now = clock.now()
    told = exists().where(
        Notice.account_id == Account.id, Notice.name == REMINDED, Notice.created_at > now - 2 * SOON
    )
    due = select(Account).where(Account.closes_at <= now + SOON, Account.status == ACTIVE, ~told)
    found = db.session.scalars(due.limit(BATCH).with_for_update(skip_locked=True)).all()
    for account in found:
        if account.closes_at is not None:
            notice.tell(account, REMINDED, day=_day(account.closes_at))
    return len(found)


def _lock(account: Account) -> None:
    # Keeping it and its end follow one another: of the two, the first holds.
    db.session.flush()
    db.session.refresh(account, with_for_update=True)


def _day(at: datetime) -> str:
    return at.astimezone(notice.CHINA).strftime("%Y-%m-%d")
