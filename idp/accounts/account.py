"""The account: one row for a person, found by user name or phone number, each personal fact sealed.

Uniqueness is the database's: of two people who claim one user name at once, one gets Conflict.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Boolean, Index, LargeBinary, String, Text, Uuid, false, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import person, phone_number
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db, insert_if_absent
from idp.errors import Conflict, Forbidden, NotFound
from idp.keys import field_cipher
from idp.outbox import signal
from idp.outbox.signal import Signal
from idp.uuid7 import uuid7

CITIZEN = "citizen"
ENTERPRISE = "enterprise"
OFFICIAL = "official"
ACTIVE = "active"
FROZEN = "frozen"
CLOSED = "closed"
PHONE_INDEX = "phone"


class Account(Model):
    """Who a session can act as. ``subject_id`` is what subjects derive from; it outlives the account."""

    __tablename__ = "accounts"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    username: Mapped[str | None] = mapped_column(String(32), unique=True)
    phone_sealed: Mapped[str | None] = mapped_column(Text)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    name_sealed: Mapped[str] = mapped_column(Text)
    gender_sealed: Mapped[str | None] = mapped_column(Text)
    birthdate_sealed: Mapped[str | None] = mapped_column(Text)
    # Where the person lives by the register, as a division code; null where no register said so.
    residence_sealed: Mapped[str | None] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[UUID] = mapped_column(Uuid)
    # The proven identity (identity.py); null until it is proven, and for whom no number may be asked.
    identity_type: Mapped[str | None] = mapped_column(String(30))
    identity_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), unique=True)
    identity_sealed: Mapped[str | None] = mapped_column(Text)
    # The valid evidence in short ({"code", "at", "until"}, epoch seconds), so that a level needs no query more.
    standing: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]")
    # How the person wants pages and notices (preferences.py).
    elder_mode: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    notice_choices: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default="{}")
    # Since when it is surely this person again (recovered, or the name taken over): earlier consent is asked anew.
    reverified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # When the account closes, as its owner wishes; null unless that waits.
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_accounts_closes_at", "closes_at"),)


@dataclass(frozen=True)
class Person:
    """The facts of a new account, in any form people write them; `create` brings them into the stored one."""

    username: str
    name: str
    phone: str | None = None
    gender: str | None = None
    birthdate: str | None = None
    locale: str = "zh_Hans"

    def normalized(self) -> "Person":
        """Return the facts in their stored form; raises InvalidInput that names the first wrong field."""
        return Person(
            username=person.get_username(self.username),
            name=person.get_name(self.name),
            phone=phone_number.get(self.phone) if self.phone else None,
            gender=person.get_gender(self.gender) if self.gender else None,
            birthdate=person.get_birthdate(self.birthdate) if self.birthdate else None,
            locale=person.get_locale(self.locale),
        )


def find(account_id: UUID) -> Account | None:
    """Return the account with that id, or None."""
    return db.session.get(Account, account_id)


def get(account_id: UUID) -> Account:
    """Return the account with that id; raises NotFound."""
    account = find(account_id)
    if account is None:
        raise NotFound("account_unknown", detail=str(account_id))
    return account


def find_each(account_ids: Collection[UUID]) -> dict[UUID, Account]:
    """Return the accounts with these ids that there are, by id; one query."""
    rows = db.session.scalars(select(Account).where(Account.id.in_(sorted(account_ids))))
    return {account.id: account for account in rows}


def names_of(account_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of those of the accounts that exist; one query for all."""
    if not account_ids:
        return {}
    rows = db.session.scalars(select(Account).where(Account.id.in_(account_ids)))
    return {row.id: name_of(row) for row in rows}


def find_by_identifier(text: str) -> Account | None:
    """Return the account with that user name or phone number, as typed; one query, found or not."""
    username = person.find_username(text)
    number = phone_number.find(text)
    return db.session.execute(
        select(Account).where(
            or_(
                Account.username == username if username else false(),
                Account.phone_index == field_cipher.blind_index(PHONE_INDEX, number) if number else false(),
            )
        )
    ).scalar_one_or_none()


def one_form(identifier: str) -> str:
    """Return what `find_by_identifier` looks for: one text for all spellings of a user name or phone number."""
    return person.find_username(identifier) or phone_number.find(identifier) or identifier


def find_by_phone(number: str) -> Account | None:
    """Return the account with that number (E.164), or None."""
    index = field_cipher.blind_index(PHONE_INDEX, number)
    return db.session.execute(select(Account).where(Account.phone_index == index)).scalar_one_or_none()


def create(facts: Person, *, kind: str = CITIZEN, actor: str | None = None) -> Account:
    """Make an account; raises InvalidInput, Conflict (``username_taken``, ``phone_taken``) with a field."""
    facts = facts.normalized()
    now = clock.now()
    account_id = uuid7()
    created = insert_if_absent(
        Account,
        id=account_id,
        kind=kind,
        username=facts.username,
        phone_sealed=_seal("phone", account_id, facts.phone),
        phone_index=field_cipher.blind_index(PHONE_INDEX, facts.phone) if facts.phone else None,
        name_sealed=_seal("name", account_id, facts.name),
        gender_sealed=_seal("gender", account_id, facts.gender),
        birthdate_sealed=_seal("birthdate", account_id, facts.birthdate),
        locale=facts.locale,
        status=ACTIVE,
        # Not the account's id: nobody who sees one can guess when or in which order people signed up.
        subject_id=uuid4(),
        standing=[],
        created_at=now,
        updated_at=now,
    )
    if not created:
        raise _conflict(facts.username)
    log.record(EventName.ACCOUNT_CREATED, account_id=account_id, actor=actor)
    return get(account_id)


def check_active(account: Account) -> None:
    """Raise Forbidden (``account_frozen``, ``account_closed``) when the account may not be used."""
    if account.status != ACTIVE:
        raise Forbidden(f"account_{account.status}", "Your account is locked. Go to a service counter")


def name_of(account: Account) -> str:
    """Return the person's name."""
    return field_cipher.open_sealed(account.name_sealed, _context("name", account.id))


def phone_of(account: Account) -> str | None:
    """Return the phone number (E.164), or None."""
    return _open("phone", account.id, account.phone_sealed)


def gender_of(account: Account) -> str | None:
    """Return ``male``, ``female`` or None."""
    return _open("gender", account.id, account.gender_sealed)


def birthdate_of(account: Account) -> str | None:
    """Return the birthday as ``YYYY-MM-DD``, or None."""
    return _open("birthdate", account.id, account.birthdate_sealed)


def residence_of(account: Account) -> str | None:
    """Return the code of the division where the person lives, or None."""
    return _open("residence", account.id, account.residence_sealed)


def change_phone(account: Account, number: str, *, event: EventName = EventName.PHONE_CHANGED) -> None:
    """Make *number* (E.164, proven) the account's; raises Conflict ``phone_taken``. Sites that care are told."""
    try:
        with db.session.begin_nested():
            account.phone_sealed = _seal("phone", account.id, number)
            account.phone_index = field_cipher.blind_index(PHONE_INDEX, number)
            account.updated_at = clock.now()
    except IntegrityError as error:
        taken = "This phone number belongs to another account"
        raise Conflict("phone_taken", taken, field="phone") from error
    log.record(event, account_id=account.id)
    signal.add(Signal.IDENTIFIER_CHANGED, account.id, identifier="phone_number")


def set_name(account: Account, name: str) -> None:
    """Keep the name that was proven."""
    account.name_sealed = field_cipher.seal(name, _context("name", account.id))


def set_phone(account: Account, number: str) -> None:
    """Keep a phone number (E.164) that no other account has."""
    account.phone_sealed = _seal("phone", account.id, number)
    account.phone_index = field_cipher.blind_index(PHONE_INDEX, number)


def set_birth(account: Account, birthdate: str, gender: str) -> None:
    """Keep the birthday (``YYYY-MM-DD``) and the gender that an identity number says."""
    account.birthdate_sealed = _seal("birthdate", account.id, birthdate)
    account.gender_sealed = _seal("gender", account.id, gender)


def set_residence(account: Account, division_code: str | None) -> None:
    """Keep where the person lives by the register."""
    account.residence_sealed = _seal("residence", account.id, division_code)


def erase(account: Account) -> None:
    """Erase every personal fact; user name and phone number are free again."""
    set_name(account, "")
    account.username = account.phone_sealed = account.phone_index = None
    account.gender_sealed = account.birthdate_sealed = account.residence_sealed = None
    account.standing = []


def _context(field: str, account_id: UUID) -> str:
    return f"accounts.{field}:{account_id}"


def _seal(field: str, account_id: UUID, plain: str | None) -> str | None:
    return None if plain is None else field_cipher.seal(plain, _context(field, account_id))


def _open(field: str, account_id: UUID, sealed: str | None) -> str | None:
    return None if sealed is None else field_cipher.open_sealed(sealed, _context(field, account_id))


def _conflict(username: str) -> Conflict:
    taken = db.session.execute(select(Account.id).where(Account.username == username)).first()
    if taken:
        return Conflict("username_taken", "This user name is taken. Choose another one", field="username")
    return Conflict("phone_taken", "This phone number belongs to another account", field="phone")
