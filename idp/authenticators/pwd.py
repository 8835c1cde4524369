"""The password (RFC 8176 ``pwd``): one hash per account.

Hashing takes 21 ms and must not happen while a database transaction is open: callers read with `find_hash`,
end their transaction, and only then compare. `verify` does both for callers that are in no hurry.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, Text, Uuid, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.authenticators import credential_signal, mfa, password_history
from idp.authenticators.hasher import HASHER
from idp.authenticators.imported_hash import Imported
from idp.authenticators.password_policy import DJBH3
from idp.db import Model, UtcDateTime, db, partial_index, upsert
from idp.level_policy import current

AMR = "pwd"
KIND = mfa.KINDS[AMR]

# Nobody's id: looking up an unknown account is the same query as looking up a known one.
NOBODY = UUID(int=0)


class Password(Model):
    """The hash of one account's password."""

    __tablename__ = "passwords"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    hash: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Milliseconds that a hash from elsewhere takes beside ours (`imported_hash.Recipe.work`), until it is made anew.
    imported_work: Mapped[int | None] = mapped_column(Integer)


_IMPORTED = Password.imported_work.is_not(None)
partial_index("ix_passwords_imported_work", Password.imported_work, where=_IMPORTED)


@dataclass(frozen=True)
class Stored:
    """What a password is compared with; ``slowest`` is the imported hash that takes longest, if there is any."""

    hash: str | None = field(repr=False)
    slowest: str | None = field(repr=False)


def find_stored(account_id: UUID | None) -> Stored:
    """Return what the account's password is compared with, found or not. Always one query."""
    own = select(Password.hash).where(Password.account_id == (account_id or NOBODY)).scalar_subquery()
    slowest = select(Password.hash).where(_IMPORTED).order_by(Password.imported_work.desc()).limit(1)
    row = db.session.execute(select(own, slowest.scalar_subquery())).one()
    return Stored(row[0], row[1])


def find_hash(account_id: UUID | None) -> str | None:
    """Return the account's hash, or None when it has none or is unknown. Always one query."""
    wanted = account_id or NOBODY
    return db.session.execute(select(Password.hash).where(Password.account_id == wanted)).scalar_one_or_none()


def matches(stored: str | None, password: str, *, slowest: str | None = None) -> bool:
    """Whether *password* is right; as slow for None as for a wrong one. No database. May be Unavailable."""
    return HASHER.get().matches(stored, password, slowest=slowest)


def verify(account_id: UUID | None, password: str) -> bool:
    """Whether that is the account's password; an unknown account costs the same time."""
    stored = find_stored(account_id)
    return matches(stored.hash, password, slowest=stored.slowest)


def hash_new(password: str) -> str:
    """Return the hash for `store`. No database. May raise Unavailable."""
    return HASHER.get().hash(password)


def hash_imported(imported: Imported) -> str:
    """Return the hash for `store` of what another system made. No database. May raise Unavailable."""
    return HASHER.get().hash_imported(imported)


def store(account_id: UUID, hashed: str, *, imported_work: int | None = None) -> None:
    """Make *hashed* the account's password, whether it had one or not."""
    _keep_present(account_id)
    if db.session.execute(select(Password.account_id).where(Password.account_id == account_id)).first():
        # The first one of an account that nobody knows yet is no news.
        credential_signal.tell(account_id, credential_signal.PASSWORD, credential_signal.UPDATE)
    upsert(
        Password,
        {"account_id": account_id},
        {"hash": hashed, "changed_at": clock.now(), "imported_work": imported_work},
    )
    log.record(EventName.PASSWORD_CHANGED, account_id=account_id)


def _keep_present(account_id: UUID) -> None:
    """Keep what is about to be replaced where the policy asks for a history."""
    kinds = [kind for kind, policy in current.get().password_policy.items() if policy == DJBH3]
    present = db.session.execute(
        select(Password.hash, Password.changed_at)
        .join(Account, Account.id == Password.account_id)
        .where(Password.account_id == account_id, Account.kind.in_(kinds))
    ).first()
    if present is not None:
        password_history.keep(account_id, present.hash, present.changed_at)


def remove(account_id: UUID) -> bool:
    """Forget the account's password; return whether there was one. See `ways_in` for who must be asked first."""
    removed = db.session.execute(
        delete(Password).where(Password.account_id == account_id).returning(Password.account_id)
    ).first()
    if removed is not None:
        log.record(EventName.PASSWORD_REMOVED, account_id=account_id)
        credential_signal.tell(account_id, credential_signal.PASSWORD, credential_signal.DELETE)
    return removed is not None


def set_password(account_id: UUID, password: str) -> None:
    """Hash and store, for callers that are in no hurry (imports, sandbox). Checks no policy."""
    store(account_id, hash_new(password))


def is_outdated(stored: str) -> bool:
    """Whether the hash should be made anew with today's parameters."""
    return HASHER.get().is_outdated(stored)


def replace_outdated(account_id: UUID, stored: str, hashed: str) -> None:
    """Put the same password's new hash in place of *stored*, unless the password was changed meanwhile."""
    db.session.execute(
        update(Password)
        .where(Password.account_id == account_id, Password.hash == stored)
        .values(hash=hashed, imported_work=None)
    )


def changed_at(account_id: UUID) -> datetime | None:
    """Return when the password was set, or None when there is none."""
    return db.session.execute(
        select(Password.changed_at).where(Password.account_id == account_id)
    ).scalar_one_or_none()
