"""Two accounts of one person: found when an identity is proven that another account has, merged by that person only.

Never by itself and never by name or phone: the second account has proven the same identity (the blind index says so),
and whoever merges has authenticated as both (the door's part).
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Uuid, delete
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity
from idp.accounts.account import Account
from idp.accounts.identity import Identity, KnownIdentity
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db, upsert
from idp.errors import Conflict


class Duplicate(Model):
    """An account that proved an identity which another account holds. Its key says which, to nobody else."""

    __tablename__ = "duplicate_accounts"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    identity_index: Mapped[bytes] = mapped_column(LargeBinary(32))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Pair:
    """Which of two accounts stays: the one that holds the identity, since its subjects belong to the person."""

    kept: Account
    closed: Account


def note(account: Account, proven: Identity) -> None:
    """Write down that *account* proved what another account holds."""
    index = proven.index()
    upsert(Duplicate, {"account_id": account.id}, {"identity_index": index, "found_at": clock.now()})
    log.record(EventName.DUPLICATE_NOTED, account_id=account.id, identity_digest=index.hex())


def find_pair(one: Account, other: Account) -> Pair | None:
    """Return both accounts when they are proven to be one person's, or None."""
    for closed, kept in ((one, other), (other, one)):
        noted = db.session.get(Duplicate, closed.id)
        known = db.session.get(KnownIdentity, noted.identity_index) if noted else None
        if known is not None and known.account_id == kept.id != closed.id:
            return Pair(kept, closed)
    return None


def is_duplicate(account: Account) -> bool:
    """Whether the account proved what another live account holds."""
    noted = db.session.get(Duplicate, account.id)
    known = db.session.get(KnownIdentity, noted.identity_index) if noted else None
    return known is not None and known.account_id not in (None, account.id)


def merge(one: Account, other: Account) -> Pair:
    """Close one of both in favour of the other; raises Conflict ``accounts_differ``, Forbidden for a locked one.

    What the closed one proved beside (a network number) and its phone, where the other has none, go over; its sites
    will know the person by the subjects of the one that stays. The caller has seen both authentications, and ends
    what hangs on the closed one.
    """
    for account in sorted((one, other), key=lambda each: each.id):
        db.session.refresh(account, with_for_update=True)
        accounts.check_active(account)
    pair = find_pair(one, other)
    if pair is None:
        raise Conflict("accounts_differ", "These accounts are not proven to be one person's")
    kept, closed = pair.kept, pair.closed
    for known in identity.held_by(closed):
        known.account_id = kept.id
        if known.subject_id == closed.subject_id:
            known.subject_id = kept.subject_id
    phone = accounts.phone_of(closed) if kept.phone_sealed is None else None
    identity.close(closed)
    if phone is not None:
        accounts.set_phone(kept, phone)
    db.session.execute(delete(Duplicate).where(Duplicate.account_id == closed.id))
    db.session.flush()
    log.record(EventName.ACCOUNT_MERGED, account_id=kept.id, closed_id=str(closed.id))
    return pair
