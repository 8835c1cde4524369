"""Whose account it is: the proven identity of a person or an organisation, unique, sealed, and outliving the account.

One person has one citizen account, one organisation one enterprise account. What relying parties know a person by
derives from a subject id that belongs to the identity: who deletes an account and makes another one is met again
under the same subjects as soon as the identity is proven anew, and as well as it was then. What stays after an account
for that is a keyed digest of the document's number, that subject id and that level: no number and no name.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Index, LargeBinary, SmallInteger, String, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import subject_change
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db, insert_if_absent
from idp.errors import Conflict, InvalidInput
from idp.identifiers import birth_date, document, foreign_resident, passport, typed, uscc
from idp.identifiers.document import CHINA, Document
from idp.keys import field_cipher
from idp.outbox import signal
from idp.outbox.signal import Signal

# The pseudonym of a network number 网号 (Order 173): a person who proves the name by it gives no number at all.
NETWORK_ID = "network_id"
# Which other document the holder of one may show later; any other difference is another person.
LATER: dict[str, frozenset[str]] = {
    NETWORK_ID: frozenset(document.ALL),
    passport.TYPE: frozenset(document.ALL) | {NETWORK_ID},
    foreign_resident.TYPE: frozenset({foreign_resident.TYPE, NETWORK_ID}),
}
INDEX = "identity"
SUBJECT_CHANGED = subject_change.KIND
"""Kind of the outbox message that an account goes on under the subjects that its person had before."""


@dataclass(frozen=True)
class Identity:
    """A document's type, number in its one form, and issuing country."""

    type: str
    number: str
    country: str = CHINA

    def masked(self) -> str:
        """Return the number as it may be shown."""
        return typed.masked(self.number)

    def document(self) -> Document | None:
        """Return what can be read from the number; None for network numbers and organisations."""
        return document.parse(self.type, self.number, self.country) if self.type in document.ALL else None

    def index(self) -> bytes:
        """Return the blind index, the join key between providers: an HMAC over type, country and number."""
        return field_cipher.blind_index(INDEX, f"{self.type}\0{self.country}\0{self.number}")


class KnownIdentity(Model):
    """An identity that was once bound. ``account_id``: the live account that holds it, null after that was closed.

    ``level``: the proofing level of the accounts that were closed under ``subject_id``; with less nobody gets it.
    """

    __tablename__ = "known_identities"

    index: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    account_id: Mapped[UUID | None] = mapped_column(Uuid)
    type: Mapped[str] = mapped_column(String(30))
    bound_at: Mapped[datetime] = mapped_column(UtcDateTime)
    level: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")

    __table_args__ = (
        Index("ix_known_identities_account_id", "account_id"),
        Index("ix_known_identities_subject_id", "subject_id"),
    )


def parse(kind: str, number: str, country: str = CHINA) -> Identity:
    """Return the identity as it was typed; raises InvalidInput of `document.parse`, or ``uscc_malformed``."""
    if kind == uscc.TYPE:
        return Identity(kind, uscc.parse(number).number)
    if kind == NETWORK_ID:
        # Opaque: what the network identity service calls the person towards us.
        return Identity(kind, number)
    found = document.parse(kind, number, country)
    return Identity(found.type, found.number, found.country)


def find_account(identity: Identity) -> Account | None:
    """Return the account of that identity, or None. One query by two keys, however many accounts there are."""
    return db.session.execute(
        select(Account)
        .join(KnownIdentity, KnownIdentity.account_id == Account.id)
        .where(KnownIdentity.index == identity.index())
    ).scalar_one_or_none()


def of(account: Account) -> Identity | None:
    """Return the account's identity, or None while none is proven."""
    if account.identity_sealed is None or account.identity_type is None:
        return None
    country, _, number = field_cipher.open_sealed(account.identity_sealed, _context(account.id)).partition(
        " "
    )
    return Identity(account.identity_type, number, country)


def bind(account: Account, identity: Identity, *, name: str | None = None) -> None:
    """Make *identity* the account's, with the *name* it was proven under; birth date and sex come from the number.

    Raises Conflict: ``identity_taken`` when another live account has it (offer `merging`), ``identity_differs`` when
    the account is already another person's; InvalidInput when number and kind of account do not belong together.
    Of two accounts that claim one identity at once, one gets it. Again with the same identity changes nothing.
    """
    _check(account, identity)
    # The row, not what this process last saw of it: another process may bind or close it now.
    db.session.refresh(account, with_for_update=True)
    accounts.check_active(account)
    held = of(account)
    if held is not None and held != identity and not _is_same_person(held, identity):
        raise Conflict("identity_differs", "Your account already belongs to another identity", field="number")
    _claim(account, identity)
    if held is None or identity.type != NETWORK_ID:
        _write(account, identity)
    if name is not None:
        accounts.set_name(account, name)
    account.updated_at = clock.now()
    db.session.flush()
    log.record(
        EventName.IDENTITY_PROVEN,
        account_id=account.id,
        type=identity.type,
        identity_digest=identity.index().hex(),
    )


def close(account: Account, *, actor: str | None = None, level: int = 0) -> None:
    """Close the account for good: personal facts are erased, user name, phone and identity are free again.

    The identity's digest stays with its subject id, so that the person is met again under the same subjects, and with
    *level*, up to which the account was proven. The caller ends sessions and grants (`tokens.account_logout`). Closing
    a closed account changes nothing.
    """
    db.session.refresh(account, with_for_update=True)
    if account.status == accounts.CLOSED:
        return
    for known in held_by(account):
        known.account_id, known.level = None, max(known.level, level)
    account.identity_type = account.identity_index = account.identity_sealed = None
    accounts.erase(account)
    account.status = accounts.CLOSED
    account.updated_at = clock.now()
    db.session.flush()
    log.record(EventName.ACCOUNT_CLOSED, account_id=account.id, actor=actor)
    signal.add(Signal.ACCOUNT_PURGED, account.id)


def release(account: Account, identity: Identity) -> None:
    """Take *identity* from a live account, with every other one and the facts they told, for who proved it better.

    The subject stays with *identity*; the account goes on under one that nobody knows yet, and what else it held is
    forgotten: it may be another person's. The caller ends what rested on them.
    """
    for known in held_by(account):
        known.account_id = None
        if known.index != identity.index() and known.subject_id == account.subject_id:
            db.session.delete(known)
    account.identity_type = account.identity_index = account.identity_sealed = None
    account.gender_sealed = account.birthdate_sealed = account.residence_sealed = None
    subject_change.tell(account)
    account.subject_id = uuid4()
    account.updated_at = clock.now()
    db.session.flush()


def held_by(account: Account) -> list[KnownIdentity]:
    """Return every identity that the account holds: two cards of one person, a network number beside a number."""
    rows = select(KnownIdentity).where(KnownIdentity.account_id == account.id).with_for_update()
    return list(db.session.scalars(rows.execution_options(populate_existing=True)))


def use_subject(account: Account, subject_id: UUID) -> None:
    """Let the account go on under *subject_id*; relying parties that know it by another one are logged out."""
    if account.subject_id == subject_id:
        return
    subject_change.tell(account)
    for known in held_by(account):
        # Not those whose own earlier subject still waits for a higher level.
        if known.subject_id == account.subject_id:
            known.subject_id = subject_id
    account.subject_id = subject_id
    db.session.flush()
    log.record(EventName.SUBJECT_RESTORED, account_id=account.id)


def restore_subject(account: Account, level: int) -> None:
    """Let the account go on as its person was known before, once it is proven to *level* as well as then."""
    db.session.flush()
    earlier = (
        select(KnownIdentity.subject_id)
        .where(
            KnownIdentity.account_id == account.id,
            KnownIdentity.subject_id != account.subject_id,
            KnownIdentity.level <= level,
        )
        .order_by(KnownIdentity.index)
    )
    for subject_id in db.session.scalars(earlier).all():
        if not _is_in_use(subject_id, account):
            use_subject(account, subject_id)


def _check(account: Account, identity: Identity) -> None:
    if (account.kind == accounts.ENTERPRISE) != (
        identity.type == uscc.TYPE
    ) or account.kind == accounts.OFFICIAL:
        raise InvalidInput(
            "identity_type_wrong", "This kind of account has another kind of number", field="type"
        )
    found = identity.document()
    if found is not None and found.birth_date and found.birth_date > birth_date.today(clock.now()):
        raise InvalidInput("identity_not_born", "The birth date in the number lies ahead", field="number")


def _is_same_person(held: Identity, shown: Identity) -> bool:
    """Whether the holder of one document may be that of the other: another kind, or a newer one, of equal facts."""
    if shown.type == NETWORK_ID and held.type in document.ALL:
        return True
    if shown.type not in LATER.get(held.type, frozenset()):
        return False
    if held.type == shown.type == passport.TYPE and held.country != shown.country:
        return False
    one, other = held.document(), shown.document()
    if one is None or other is None:
        return True
    pairs = ((one.birth_date, other.birth_date), (one.sex, other.sex))
    return all(None in pair or pair[0] == pair[1] for pair in pairs)


def _claim(account: Account, identity: Identity) -> None:
    """Take the identity's row, waiting for whoever is about to; raises Conflict ``identity_taken``."""
    index = identity.index()
    created = insert_if_absent(
        KnownIdentity,
        index=index,
        subject_id=account.subject_id,
        account_id=account.id,
        type=identity.type,
        bound_at=clock.now(),
    )
    if created:
        return
    known = db.session.execute(
        select(KnownIdentity)
        .where(KnownIdentity.index == index)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if known.account_id not in (None, account.id):
        raise Conflict("identity_taken", "You already have an account with this identity", field="number")
    if known.account_id is None:
        known.account_id, known.bound_at = account.id, clock.now()
        # Where more was proven before, `restore_subject` follows with the evidence.
        restore_subject(account, 0)


def _is_in_use(subject_id: UUID, account: Account) -> bool:
    """Whether another live account goes by that subject: two documents of one person, proven by two accounts."""
    rows = select(KnownIdentity.index).where(KnownIdentity.subject_id == subject_id)
    db.session.execute(rows.order_by(KnownIdentity.index).with_for_update()).all()
    others = (
        select(Account.id)
        .join(KnownIdentity, KnownIdentity.account_id == Account.id)
        .where(
            KnownIdentity.subject_id == subject_id,
            Account.subject_id == subject_id,
            Account.id != account.id,
        )
    )
    return db.session.execute(others.limit(1)).first() is not None


def _write(account: Account, identity: Identity) -> None:
    account.identity_type = identity.type
    account.identity_index = identity.index()
    account.identity_sealed = field_cipher.seal(f"{identity.country} {identity.number}", _context(account.id))
    found = identity.document()
    if found is not None and found.birth_date is not None and found.sex is not None:
        accounts.set_birth(account, found.birth_date.isoformat(), found.sex)


def _context(account_id: UUID) -> str:
    return f"accounts.identity:{account_id}"
