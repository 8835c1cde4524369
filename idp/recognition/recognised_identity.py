"""Whose account an identity HMAC stands for here: one row for each person and epoch.

Filled when a name is proven, by a job when a new epoch begins, and by what another province says of a visitor. A row
belongs to one account; who proves the number here takes it over from a visiting account (`arrival`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Uuid, delete, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts.account import Account
from idp.db import Model, UtcDateTime, commit, db, insert_if_absent
from idp.identifiers import document
from idp.recognition import tables
from idp.recognition.join_key import Value

BATCH = 200
FIRST = UUID(int=0)


class RecognisedIdentity(Model):
    """One person in one epoch. ``proven_here``: worked out from a number that was proven here."""

    __tablename__ = "recognised_identities"

    epoch: Mapped[str] = mapped_column(String(40), primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    proven_here: Mapped[bool] = mapped_column()
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_recognised_identities_account_id", "account_id", "epoch"),)


def values_of(account: Account) -> tuple[Value, ...]:
    """Return what stands for the account's person in each epoch; nothing for who proved no number, and for others."""
    known = tables.find()
    held = identities.of(account) if known is not None and account.kind == accounts.CITIZEN else None
    if known is None or held is None or held.type not in document.ALL:
        return ()
    return tuple(Value(key.epoch, key.value_of(held.type, held.country, held.number)) for key in known.keys)


def find_accounts(values: Iterable[Value]) -> list[tuple[Account, bool]]:
    """Return the accounts that *values* stand for, each once, with whether it proved its number here. One query.

    None that has lost the number since.
    """
    pairs = list(values)
    if not pairs:
        return []
    rows = db.session.execute(
        select(Account, RecognisedIdentity.proven_here)
        .join(RecognisedIdentity, RecognisedIdentity.account_id == Account.id)
        .where(
            RecognisedIdentity.epoch.in_([one.epoch for one in pairs]),
            RecognisedIdentity.digest.in_([one.digest for one in pairs]),
            or_(~RecognisedIdentity.proven_here, Account.identity_index.is_not(None)),
        )
    ).all()
    found: dict[UUID, tuple[Account, bool]] = {}
    for account, proven_here in rows:
        found[account.id] = (account, proven_here or found.get(account.id, (account, False))[1])
    return list(found.values())


def note(account: Account, values: Sequence[Value], *, proven_here: bool) -> None:
    """Let *values* stand for *account*, those at least that stand for nobody yet."""
    for one in values:
        insert_if_absent(
            RecognisedIdentity,
            epoch=one.epoch,
            digest=one.digest,
            account_id=account.id,
            proven_here=proven_here,
            since=clock.now(),
        )


def take_over(account: Account, values: Sequence[Value]) -> list[UUID]:
    """Let *values* stand for *account*, which proved the number here; return the visiting accounts that had them.

    A number is one account's: who had proven it before has lost it (`idp.proofing.identity_takeover`).
    """
    lost: set[UUID] = set()
    for one in values:
        found = db.session.get(RecognisedIdentity, (one.epoch, one.digest), with_for_update=True)
        if found is None:
            continue
        if found.account_id != account.id and not found.proven_here:
            lost.add(found.account_id)
        if found.account_id != account.id or not found.proven_here:
            found.account_id, found.proven_here, found.since = account.id, True, clock.now()
    db.session.flush()
    note(account, values, proven_here=True)
    return sorted(lost)


def has_others(account_id: UUID, values: Sequence[Value]) -> bool:
    """Whether in an epoch of *values* something else stands for the account: one epoch, one document."""
    wanted = select(RecognisedIdentity.digest).where(
        RecognisedIdentity.account_id == account_id,
        RecognisedIdentity.epoch.in_([one.epoch for one in values]),
        RecognisedIdentity.digest.not_in([one.digest for one in values]),
    )
    return db.session.execute(wanted.limit(1)).first() is not None


def forget(account_id: UUID, *, before: datetime | None = None) -> None:
    """Let nothing (*before*: of until then) stand for the account: it is closed, or its identity is another's."""
    mine = RecognisedIdentity.account_id == account_id
    until = () if before is None else (RecognisedIdentity.since <= before,)
    db.session.execute(delete(RecognisedIdentity).where(mine, *until))


class Filling:
    """The job that works out the values of everybody for a new epoch, a batch at a time; one for each process."""

    def __init__(self) -> None:
        self._after = FIRST
        self._done: frozenset[str] = frozenset()

    def run(self) -> None:
        """Fill what is missing; when all is filled for the epochs that hold, it looks no more until they change."""
        known = tables.find()
        epochs = frozenset(key.epoch for key in known.keys) if known is not None else frozenset()
        commit()
        if not epochs or epochs == self._done:
            return
        while rows := self._missing(known.keys[0].epoch if known else ""):
            for account in rows:
                take_over(account, values_of(account))
            self._after = rows[-1].id
            commit()
        self._after, self._done = FIRST, epochs

    def _missing(self, epoch: str) -> list[Account]:
        there = exists().where(RecognisedIdentity.account_id == Account.id, RecognisedIdentity.epoch == epoch)
        wanted = select(Account).where(
            Account.id > self._after,
            Account.kind == accounts.CITIZEN,
            Account.identity_index.is_not(None),
            Account.identity_type.in_(document.ALL),
            ~there,
        )
        return list(db.session.scalars(wanted.order_by(Account.id).limit(BATCH)))


FILLING = Filling()
