"""The people and enterprises that the sandbox always has (config/sandbox), as provider and registers both know them.

The child of ``liuyang`` is seven years old whenever the sandbox is made: its birthday depends on the year.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idp.identifiers import mod_11_2

SOURCE = Path(__file__).parents[2] / "config" / "sandbox"
# The other province of the sandbox, with people of its own; one of them lives in both.
OTHER_PROVINCE = "320000"
CHILD_GUARDIAN = "liuyang"
CHILD_NAME = "刘一诺"
# Born on the last day of the year: seven years old until the last day of the eighth year after it.
CHILD_BORN, CHILD_YEARS = "1231", 8
CHILD_PLACE, CHILD_SEQUENCE = "330108", "902"


@dataclass(frozen=True)
class Member:
    """One of the people of the contract, in the facts that registers hold."""

    username: str
    name: str
    kind: str
    phone: str
    gender: str
    birthdate: str
    number: str
    bank_card: str
    evidence: tuple[str, ...]
    totp: bool


@dataclass(frozen=True)
class Company:
    """One of the enterprises with a name of its own; *representative* is a user name, or empty: an invented one."""

    uscc: str
    name: str
    representative: str


@dataclass(frozen=True)
class Child:
    """The child of the guardian among the people."""

    guardian: Member
    name: str
    number: str
    birthdate: str


def read(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of config/sandbox."""
    rows: list[dict[str, Any]] = json.loads((SOURCE / f"{name}.json").read_text(encoding="utf-8"))
    return rows


def people(division_code: str = "") -> list[Member]:
    """Return the people in the order of the file; with *division_code* those of another province's provider."""
    return [
        Member(
            username=row["username"],
            name=row["name"],
            kind=row.get("kind", "citizen"),
            phone=row["phone"],
            gender=row["gender"],
            birthdate=row["birthdate"],
            number=row["number"],
            bank_card=row["bank_card"],
            evidence=tuple(row["evidence"]),
            totp=row.get("totp", False),
        )
        for row in read(f"people_{division_code}" if division_code else "people")
    ]


def companies() -> list[Company]:
    """Return the enterprises in the order of the file."""
    return [Company(row["uscc"], row["name"], row.get("representative", "")) for row in read("enterprises")]


def child(year: int) -> Child:
    """Return the child as the sandbox made in *year* knows it."""
    guardian = next(member for member in people() if member.username == CHILD_GUARDIAN)
    born = f"{year - CHILD_YEARS}{CHILD_BORN}"
    digits = f"{CHILD_PLACE}{born}{CHILD_SEQUENCE}"
    return Child(
        guardian=guardian,
        name=CHILD_NAME,
        number=digits + mod_11_2.character(digits),
        birthdate=f"{born[:4]}-{born[4:6]}-{born[6:]}",
    )
