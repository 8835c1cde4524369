"""Whom another province's provider knows as whom here: its subject for us, and the account that is its person's.

The account's *home* is the province it comes from: a visiting account has no other way in.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, SmallInteger, String, Uuid, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.db import Model, UtcDateTime, db, insert_if_absent

LONGEST_SUBJECT = 255


class Home(Model):
    """One person at one other provider. ``visiting``: the account was made for this person, by this provider's word."""

    __tablename__ = "recognised_people"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    visiting: Mapped[bool] = mapped_column()
    level: Mapped[int] = mapped_column(SmallInteger)
    first_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("uq_recognised_people_subject", "issuer", "subject", unique=True),)


def find(issuer: str, subject: str) -> Home | None:
    """Return whose that subject is, or None. One query by a key."""
    wanted = select(Home).where(Home.issuer == issuer, Home.subject == subject)
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def of_account(account_id: UUID) -> Sequence[Home]:
    """Return the provinces from which the account's person logged in, the latest first."""
    wanted = select(Home).where(Home.account_id == account_id).order_by(Home.last_at.desc()).limit(50)
    return db.session.scalars(wanted).all()


def is_visiting(account_id: UUID) -> bool:
    """Whether the account was made by another province's word."""
    wanted = select(Home.account_id).where(Home.account_id == account_id, Home.visiting).limit(1)
    return db.session.execute(wanted).first() is not None


def note(account_id: UUID, issuer: str, subject: str, *, visiting: bool, level: int) -> bool:
    """Remember whose that subject is, and when it was last; return whether it is new.

    Another subject of the same provider for this account takes the place of the one before: there it is the same
    person, by the identity HMAC.
    """
    now = clock.now()
    created = insert_if_absent(
        Home,
        account_id=account_id,
        issuer=issuer,
        subject=subject,
        visiting=visiting,
        level=level,
        first_at=now,
        last_at=now,
    )
    if not created:
        row = db.session.get(Home, (account_id, issuer), populate_existing=True)
        if row is not None:
            row.subject, row.level, row.last_at = subject, level, now
            db.session.flush()
    return created


def move(account_id: UUID, *, to: UUID, issuer: str | None = None) -> None:
    """Let what is another account's (*issuer*: of that province) be *to*'s, where that has nothing of it yet."""
    there = {one.issuer for one in of_account(to)}
    for row in of_account(account_id):
        if issuer not in (None, row.issuer):
            continue
        province, subject, level = row.issuer, row.subject, row.level
        db.session.delete(row)
        db.session.flush()
        if province not in there:
            note(to, province, subject, visiting=False, level=level)


def forget(account_id: UUID, *, joined_before: datetime | None = None) -> None:
    """Forget where the account's person comes from; *joined_before*: who was joined to it by a number until then."""
    until = () if joined_before is None else (~Home.visiting, Home.first_at <= joined_before)
    db.session.execute(delete(Home).where(Home.account_id == account_id, *until))
