"""Where rows of an import meet each other, or accounts that exist: the same user name, phone or identity number.

Nothing is ever joined by them: two people share a phone, a number is typed wrong, a name is common. The report tells
the operator, and the person who has an account already links the old one to it (`idp.linking`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from idp.accounts import account as accounts
from idp.accounts.account import Account, Person
from idp.accounts.identity import Identity, KnownIdentity
from idp.db import db
from idp.keys import field_cipher

BATCH = 500  # values in one query
INVALID, REPEATED, TAKEN = "invalid", "repeated", "taken"
HAS_IT = "an account has it already"


@dataclass(frozen=True)
class Problem:
    """Why one row (0: the file) cannot be imported.

    ``kind``: the row is wrong in itself, meets another row, or an account that exists. ``row_before``, ``account_id``:
    which one it meets; never a name, a number or a phone.
    """

    row: int
    field: str
    reason: str
    kind: str = INVALID
    row_before: int | None = None
    account_id: str | None = None

    def __str__(self) -> str:
        where = f"row {self.row}" if self.row else "file"
        return f"{where}: {self.field}: {self.reason}" if self.field else f"{where}: {self.reason}"


class Imported(Protocol):
    """What this looks at of a row."""

    @property
    def number(self) -> int:
        """Its place in the file."""

    @property
    def person(self) -> Person:
        """Its facts in their stored form."""

    @property
    def identity(self) -> Identity | None:
        """The number that the other system has of the person."""

    @property
    def legacy_id(self) -> str | None:
        """What the other system knows the person by."""


def repeated(row: Imported, seen: dict[tuple[str, object], int]) -> list[Problem]:
    """Return where *row* says the same as one before it; *seen* remembers."""
    values = (
        ("username", row.person.username),
        ("phone", row.person.phone),
        ("identity_number", row.identity),
        ("legacy_id", row.legacy_id),
    )
    problems = []
    for name, value in values:
        first = seen.setdefault((name, value), row.number) if value is not None else row.number
        if first != row.number:
            problems.append(Problem(row.number, name, f"the same as in row {first}", REPEATED, first))
    return problems


def taken(rows: list[Imported]) -> list[Problem]:
    """Return where *rows* say the same as an account that exists; three queries for each few hundred of them."""
    problems = []
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        names, phones, identities = _usernames(batch), _phones(batch), _identities(batch)
        for row in batch:
            for field, holder in (
                ("username", names.get(row.person.username)),
                ("phone", phones.get(row.number)),
                ("identity_number", identities.get(row.number)),
            ):
                if holder is not None:
                    problems.append(Problem(row.number, field, HAS_IT, TAKEN, account_id=str(holder)))
    return problems


def _usernames(batch: list[Imported]) -> dict[str | None, UUID]:
    wanted = select(Account.username, Account.id)
    rows = db.session.execute(wanted.where(Account.username.in_([row.person.username for row in batch])))
    return {row.username: row.id for row in rows}


def _phones(batch: list[Imported]) -> dict[int, UUID]:
    indexes = {
        row.number: field_cipher.blind_index(accounts.PHONE_INDEX, row.person.phone)
        for row in batch
        if row.person.phone
    }
    found = db.session.execute(
        select(Account.phone_index, Account.id).where(Account.phone_index.in_(list(indexes.values())))
    )
    return _of_rows(indexes, {row.phone_index: row.id for row in found})


def _identities(batch: list[Imported]) -> dict[int, UUID]:
    indexes = {row.number: row.identity.index() for row in batch if row.identity}
    found = db.session.execute(
        select(KnownIdentity.index, KnownIdentity.account_id).where(
            KnownIdentity.index.in_(list(indexes.values()))
        )
    )
    return _of_rows(indexes, {row[0]: row[1] for row in found if row[1]})


def _of_rows(indexes: Mapping[int, bytes], holders: Mapping[bytes, UUID]) -> dict[int, UUID]:
    return {number: holders[index] for number, index in indexes.items() if index in holders}


def rows_of(problems: Iterable[Problem]) -> set[int]:
    """Return the numbers of the rows that have problems."""
    return {problem.row for problem in problems}
