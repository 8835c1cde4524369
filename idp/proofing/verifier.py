"""What every way of proving has in common: whom it is about, whom it asks, and the shape of its file.

A verifier turns what a person typed into one question, and the answer into an outcome; it writes nothing itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from idp.accounts.account import Account
from idp.accounts.identity import Identity
from idp.proofing.certificate_holder import Holder
from idp.proofing.outcome import Outcome
from idp.proofing.registers import Answer


class Way(StrEnum):
    """Who decides."""

    SOURCE = "source"
    OFFICIAL = "official"
    TWO_OFFICIALS = "two_officials"
    VOUCHER = "voucher"
    HELD = "held"


@dataclass(frozen=True)
class Subject:
    """Whom a case is about (``account``), and who works on it (``person``; the same for a citizen)."""

    account: Account
    name: str
    identity: Identity | None
    person: Account
    person_name: str
    person_identity: Identity | None
    person_level: int


@dataclass(frozen=True)
class Question:
    """What one source is asked (docs/registers.md)."""

    source: str
    body: Mapping[str, Any] = field(repr=False)


class Verifier(Protocol):
    """What the file of every way of proving offers. ``NEEDS``: evidence that must stand before."""

    CODE: str
    KIND: str
    WAY: Way
    NEEDS: frozenset[str]

    def read(self, form: Mapping[str, str], subject: Subject) -> dict[str, str]:
        """Return what was typed in its one right form; raises InvalidInput that names the field."""


class Asking(Verifier, Protocol):
    """One that asks a source. ``PASSING``: fields that are sent and never kept, so only the person can try again."""

    PASSING: frozenset[str]

    def question(self, given: Mapping[str, str], subject: Subject) -> Question:
        """Return the question."""

    def judge(self, given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
        """Return what the answer means."""


class Attended(Verifier, Protocol):
    """One that people decide, with what the person wrote before them."""

    def proven(self, given: Mapping[str, str]) -> Outcome:
        """Return what their yes proves."""


class Held(Verifier, Protocol):
    """One that the person shows at this moment, verified by the door."""

    def judge_holder(self, holder: Holder, subject: Subject) -> Outcome:
        """Return what it proves."""
