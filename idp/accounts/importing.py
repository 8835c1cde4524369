"""Importing people: a JSON array or CSV is read, every row is checked, then all rows are created or none.

Each bad row is reported with its reason and all reasons of the file at once (`import_conflict`: where it meets another
row or an account). Ways of signing in belong to another room: a row's password, the hash of it that another system made
and its TOTP secret are handed to the caller's functions; so is what that system knows the person by. An identity number
is compared only and never kept: proving it is the person's own act.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import import_conflict
from idp.accounts.account import Account, Person
from idp.accounts.identity import Identity
from idp.accounts.import_conflict import Problem
from idp.errors import IdpError, InvalidInput
from idp.identifiers import citizen_id

FACTS = ("username", "name", "phone", "gender", "birthdate", "locale")
SIGNING_IN = ("password", "password_hash", "totp_secret")
ELSEWHERE = ("identity_number", "legacy_id")
COLUMNS = (*FACTS, *SIGNING_IN, *ELSEWHERE)
REQUIRED = ("username", "name")


@dataclass(frozen=True)
class Row:
    """One good row: its number in the file (from 1), the person, and what the person will sign in with.

    ``identity`` and ``legacy_id``: what the system that it comes from has of the person, and knows them by.
    """

    number: int
    person: Person
    password: str | None = field(default=None, repr=False)
    password_hash: str | None = field(default=None, repr=False)
    totp_secret: str | None = field(default=None, repr=False)
    identity: Identity | None = field(default=None, repr=False)
    legacy_id: str | None = field(default=None, repr=False)


def read(content: bytes) -> list[Mapping[str, Any]]:
    """Return the rows of a JSON array, or of CSV with a header; raises InvalidInput ``file_malformed``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("file_malformed", f"not UTF-8 (byte {error.start})") from None
    return _read_json(text) if text.lstrip()[:1] in {"[", "{"} else _read_csv(text)


def check(
    rows: Iterable[Mapping[str, Any]], check_signing_in: Callable[[Row], None] | None = None
) -> tuple[list[Row], list[Problem]]:
    """Return the good rows and all problems, within the file and against the accounts that exist.

    *check_signing_in* may raise InvalidInput about a row's password or TOTP secret.
    """
    good: list[Row] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, object], int] = {}
    for number, raw in enumerate(rows, start=1):
        row, found = _parse(number, raw, check_signing_in)
        if row is not None:
            found = import_conflict.repeated(row, seen)
        problems += found
        if row is not None and not found:
            good.append(row)
    taken = import_conflict.taken(list(good))
    problems += taken
    bad = import_conflict.rows_of(taken)
    return [row for row in good if row.number not in bad], sorted(problems, key=lambda problem: problem.row)


def create(
    rows: Iterable[Row], sign_in_with: Callable[[Account, Row], None], *, actor: str | None = None
) -> list[Account]:
    """Create the accounts; *sign_in_with* sets each one's password. The caller commits all of it or nothing.

    Raises Conflict when somebody took a name or a number since `check`.
    """
    created = []
    for row in rows:
        account = accounts.create(row.person, actor=actor)
        sign_in_with(account, row)
        created.append(account)
    return created


def _read_json(text: str) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("file_malformed", f"not JSON: {error}") from None
    if not isinstance(rows, list):
        raise InvalidInput("file_malformed", "must be a JSON array of objects")
    return rows


def _read_csv(text: str) -> list[Mapping[str, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in reader.fieldnames or []]
        if not set(REQUIRED) <= set(header):
            raise InvalidInput("file_malformed", f"CSV needs a header with {', '.join(REQUIRED)}")
        reader.fieldnames = header
        return [{name: value for name, value in row.items() if value != ""} for row in reader]
    except csv.Error as error:
        raise InvalidInput("file_malformed", f"not CSV: line {reader.line_num}: {error}") from None


def _parse(
    number: int, raw: Any, check_signing_in: Callable[[Row], None] | None
) -> tuple[Row | None, list[Problem]]:
    if not isinstance(raw, Mapping):
        return None, [Problem(number, "", "must be an object")]
    problems = [Problem(number, str(name)[:40], "unknown field") for name in raw if name not in COLUMNS]
    values: dict[str, str] = {}
    for name in COLUMNS:
        value = raw.get(name)
        if value is None:
            if name in REQUIRED:
                problems.append(Problem(number, name, "missing"))
        elif not isinstance(value, str):
            problems.append(Problem(number, name, "must be text"))
        else:
            values[name] = value
    if problems:
        return None, problems
    person, problems = _normalized(number, {name: values[name] for name in FACTS if name in values})
    if person is None:
        return None, problems
    try:
        identity = _identity(values)
        given = {name: values[name] for name in (*SIGNING_IN, "legacy_id") if name in values}
        row = Row(number, person, identity=identity, **given)
        if check_signing_in is not None:
            check_signing_in(row)
    except IdpError as error:
        return None, [Problem(number, error.field, str(error.message))]
    return row, []


def _normalized(number: int, facts: dict[str, str]) -> tuple[Person | None, list[Problem]]:
    """Report every wrong fact of the row, not only the first."""
    problems = []
    for name, value in facts.items():
        try:
            Person(**{"username": "aaaa", "name": "a", name: value}).normalized()
        except InvalidInput as error:
            problems.append(Problem(number, error.field, str(error.message)))
    return (None, problems) if problems else (Person(**facts).normalized(), [])


def _identity(values: Mapping[str, str]) -> Identity | None:
    """Return the citizen ID that the other system has; raises InvalidInput."""
    number = values.get("identity_number")
    try:
        return identities.parse(citizen_id.TYPE, number) if number else None
    except InvalidInput as error:
        raise InvalidInput(error.code, str(error.message), field="identity_number") from error
