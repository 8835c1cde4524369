"""A provider whose registers answer as a test tells them, and a case's way through it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.identifiers import mod_11_2
from idp.proofing import attempt, registers
from idp.proofing import case as cases
from idp.proofing.case_row import ProofingCase
from tests.person import Person
from tests.proofing.register_server import Question, RegisterServer
from tests.provider import NewProvider, Provider

ADDRESS = "203.0.113.7"
ALIVE = {"status": "alive", "card": "valid"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegisterServer]:
    monkeypatch.setattr(registers, "FIRST_PAUSE", 0.01)
    made = RegisterServer(tmp_path)
    made.respond = lambda question: made.signed(question, "match", details(question))
    yield made
    made.close()


def details(question: Question) -> dict[str, Any]:
    """What each source says of somebody who is as they say."""
    known: dict[str, dict[str, Any]] = {
        "population": ALIVE,
        "face": {"live": True, "score": 97},
        "network-id": {"pseudonym": "wz-3f81", "valid_until": "2099-01-01T00:00:00+00:00"},
        "enterprise": {"status": "active", "representative": "match"},
    }
    return known.get(question.source, {})


@pytest.fixture
def proving(new_provider: NewProvider, server: RegisterServer) -> Provider:
    """A provider of one's own before those registers."""
    return new_provider(registers=server.settings(timeout=1.0))


def submit(person: Person | Account, verifier: str, **form: str) -> ProofingCase:
    """Begin a case of *person* and send its form."""
    case = cases.begin(accounts.get(person.id), verifier)
    attempt.submit(case, form, address=ADDRESS)
    return case


Submit = Callable[..., ProofingCase]


def number(sequence: int, day: str = "19900307") -> str:
    """A citizen id nobody else in this run has: Xihu district, that birthday, that sequence."""

    seventeen = f"330106{day}{sequence:03}"
    return seventeen + mod_11_2.character(seventeen)
