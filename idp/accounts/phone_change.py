"""A changed phone number, and the way back for whoever has the old one.

The new number holds at once, because its owner has just proven it. The old one gets a message with an address that
takes the change back for some days: whoever steals a login must not be able to lock its owner out. The address stands
in that message only; its digest is kept here, with the old number sealed, until the days are over.
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, LargeBinary, Text, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db
from idp.errors import Conflict
from idp.keys import field_cipher
from idp.outbox import message
from idp.settings import SETTINGS
from idp.uuid7 import uuid7

RESTORED = "phone_restored"
"""Kind of the outbox message after which no session and no grant of the time before is left."""
ADDRESS = "/phone/restore"
LONGEST_TOKEN = 100
DAY = 86_400
SWEEP_ROWS = 1000


class PhoneChange(Model):
    """One change that can still be taken back, until ``ends_at``."""

    __tablename__ = "phone_changes"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    old_sealed: Mapped[str] = mapped_column(Text)
    token_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_phone_changes_ends_at", "ends_at"),)

    def is_open(self) -> bool:
        """Whether it can still be taken back."""
        return self.undone_at is None and self.ends_at > clock.now()


def change(account: Account, number: str) -> None:
    """Make *number* (E.164, just proven) the account's, and tell the old one. The caller commits.

    Raises Conflict ``phone_same``, ``phone_taken``.
    """
    db.session.flush()
    db.session.refresh(account, with_for_update=True)
    check_new(account, number)
    old = accounts.phone_of(account)
    if old is not None:
        _keep_way_back(account, old)
    accounts.change_phone(account, number)


def check_new(account: Account, number: str) -> None:
    """Raise Conflict ``phone_same`` when the account has that number already."""
    if accounts.phone_of(account) == number:
        raise Conflict("phone_same", "This is your number already", field="phone")


def find(token: str) -> PhoneChange | None:
    """Return the change that the address with *token* takes back, or None."""
    if len(token) > LONGEST_TOKEN:
        return None
    return db.session.execute(
        select(PhoneChange).where(PhoneChange.token_digest == _digest(token))
    ).scalar_one_or_none()


def undo(change: PhoneChange) -> bool:
    """Give the account the number that it had before *change*; return False when that was done, or is too late.

    Changes after it are void with it. Raises Conflict ``phone_taken`` when the number has another account by now. The
    caller commits; a message ends sessions and grants, should the caller not come to it.
    """
    account = accounts.get(change.account_id)
    db.session.refresh(account, with_for_update=True)
    now = clock.now()
    undone = db.session.scalars(
        update(PhoneChange)
        .where(
            PhoneChange.account_id == change.account_id,
            PhoneChange.id >= change.id,
            PhoneChange.undone_at.is_(None),
            PhoneChange.ends_at > now,
        )
        .values(undone_at=now)
        .returning(PhoneChange.id)
    ).all()
    if change.id not in undone or account.status == accounts.CLOSED:
        return False
    accounts.change_phone(account, old_of(change), event=EventName.PHONE_RESTORED)
    notice.tell(account, "phone_restored")
    message.add(RESTORED, {"before": now.isoformat()}, account.id, receiver=f"account:{account.id}")
    return True


def void(account_id: UUID) -> None:
    """Let no change be taken back any more, when somebody proves by more than a number whose account it is."""
    db.session.execute(
        update(PhoneChange)
        .where(PhoneChange.account_id == account_id, PhoneChange.ends_at > clock.now())
        .values(ends_at=clock.now())
    )


def old_of(change: PhoneChange) -> str:
    """Return the number before."""
    return field_cipher.open_sealed(change.old_sealed, _context(change.account_id, change.id))


def sweep() -> None:
    """Forget some of the numbers that nobody can bring back any more (a job of the worker)."""
    over = select(PhoneChange.account_id, PhoneChange.id).where(PhoneChange.ends_at <= clock.now())
    for account_id, change_id in db.session.execute(
        over.order_by(PhoneChange.ends_at).limit(SWEEP_ROWS)
    ).all():
        db.session.execute(
            delete(PhoneChange).where(PhoneChange.account_id == account_id, PhoneChange.id == change_id)
        )


def erase(account_id: UUID) -> None:
    """Forget the account's old numbers, when it closes."""
    db.session.execute(delete(PhoneChange).where(PhoneChange.account_id == account_id))


def _keep_way_back(account: Account, old: str) -> None:
    token, change_id, now = secrets.token_urlsafe(24), uuid7(), clock.now()
    settings = SETTINGS.get()
    life = settings.lifetimes.phone_restore
    db.session.add(
        PhoneChange(
            account_id=account.id,
            id=change_id,
            old_sealed=field_cipher.seal(old, _context(account.id, change_id)),
            token_digest=_digest(token),
            changed_at=now,
            ends_at=now + timedelta(seconds=life),
        )
    )
    # Told while the account still has the old number: that is where the message goes.
    notice.tell(
        account,
        "phone_changed",
        link=f"{settings.issuer}{ADDRESS}/{token}",
        days=str(max(1, life // DAY)),
    )


def _digest(token: str) -> bytes:
    return field_cipher.secret_digest("phone_restore", token)


def _context(account_id: UUID, change_id: UUID) -> str:
    return f"phone_changes.old:{account_id}:{change_id}"
