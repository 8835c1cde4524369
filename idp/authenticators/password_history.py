"""Former passwords of accounts under the policy ``djbh3``: a new one must be none of the last few (等保 2.0, 8.1.4.1).

Only those accounts have any: whoever is under ``nist`` leaves no old hash behind.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, Uuid, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model, UtcDateTime, db, insert_if_absent
from idp.settings import SETTINGS


class FormerPassword(Model):
    """The hash of a password that was replaced; ``changed_at`` is when it was set."""

    __tablename__ = "former_passwords"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    hash: Mapped[str] = mapped_column(Text)


def keep(account_id: UUID, hashed: str, changed_at: datetime) -> None:
    """Remember a password that is about to be replaced, and forget what is older than anybody asks for."""
    insert_if_absent(FormerPassword, account_id=account_id, changed_at=changed_at, hash=hashed)
    own = select(FormerPassword.changed_at).where(FormerPassword.account_id == account_id)
    oldest = own.order_by(FormerPassword.changed_at.desc()).offset(SETTINGS.get().passwords.history)
    for moment in db.session.execute(oldest).scalars().all():
        db.session.execute(
            delete(FormerPassword).where(
                FormerPassword.account_id == account_id, FormerPassword.changed_at == moment
            )
        )


def hashes(account_id: UUID) -> list[str]:
    """Return the former hashes, newest first, as many as count."""
    wanted = select(FormerPassword.hash).where(FormerPassword.account_id == account_id)
    newest = wanted.order_by(FormerPassword.changed_at.desc()).limit(SETTINGS.get().passwords.history)
    return list(db.session.execute(newest).scalars())
