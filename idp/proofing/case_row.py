"""The row of a proofing case: its states, and the few changes every file of this room makes to it.

started → waiting (for a source, an official, a voucher) → approved | refused | undecided | expired | cancelled;
an undecided case may be tried again. What the person typed is kept sealed while the case is open, so that it can be
resumed days later, and forgotten with the decision.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db, partial_index
from idp.errors import Conflict, NotFound
from idp.keys import field_cipher
from idp.proofing.outcome import Reason

STARTED = "started"
WAITING = "waiting"
UNDECIDED = "undecided"
APPROVED = "approved"
REFUSED = "refused"
EXPIRED = "expired"
CANCELLED = "cancelled"
OPEN = (STARTED, WAITING, UNDECIDED)
CLOSED = (APPROVED, REFUSED, EXPIRED, CANCELLED)

NUMBER_LENGTH = 12
GROUP = 4


class ProofingCase(Model):
    """One case. ``person_id`` is who works on it: the account itself, or the citizen before an enterprise."""

    __tablename__ = "proofing_cases"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    account_id: Mapped[UUID]
    person_id: Mapped[UUID]
    verifier: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(12))
    reasons: Mapped[list[str]] = mapped_column(Json)
    evidence: Mapped[str | None] = mapped_column(String(40))
    source: Mapped[str | None] = mapped_column(String(60))
    digest: Mapped[str | None] = mapped_column(String(64))
    division_code: Mapped[str | None] = mapped_column(String(12))
    return_to: Mapped[str | None] = mapped_column(String(500))
    given_sealed: Mapped[str | None] = mapped_column(Text)
    attempt: Mapped[int]
    asking_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_attempt_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failures: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Officials and vouchers: {"account", "act", "at", "attempt", "note"}.
    decided_by: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    @property
    def is_open(self) -> bool:
        """Whether something can still be done with it."""
        return self.state in OPEN

    @property
    def printed_number(self) -> str:
        """The number in groups, as it is read aloud."""
        return "-".join(self.number[start : start + GROUP] for start in range(0, NUMBER_LENGTH, GROUP))


IS_OPEN = ProofingCase.state.in_(OPEN)
_IS_DUE = ProofingCase.next_attempt_at.is_not(None)
_OPEN_SQL = f"state IN ({', '.join(repr(state) for state in OPEN)})"

Index("ix_proofing_cases_account", ProofingCase.account_id, ProofingCase.id)
Index("ix_proofing_cases_person", ProofingCase.person_id, ProofingCase.id)
Index("ix_proofing_cases_queue", ProofingCase.division_code, ProofingCase.state, ProofingCase.id)
Index("ix_proofing_cases_expiry", ProofingCase.expires_at, ProofingCase.state)
partial_index(
    "ix_proofing_cases_due",
    ProofingCase.next_attempt_at,
    where=_IS_DUE,
)
partial_index(
    "uq_proofing_cases_open",
    ProofingCase.account_id,
    ProofingCase.verifier,
    unique=True,
    where=text(_OPEN_SQL),
)


def find(case_id: UUID) -> ProofingCase | None:
    """Return the case with that id, or None."""
    return db.session.get(ProofingCase, case_id)


def get(case_id: UUID) -> ProofingCase:
    """Return the case with that id; raises NotFound."""
    case = find(case_id)
    if case is None:
        raise NotFound("case_unknown", detail=str(case_id))
    return case


def given(case: ProofingCase) -> dict[str, str]:
    """Return what the person typed; empty once the case is closed."""
    if case.given_sealed is None:
        return {}
    values: dict[str, str] = json.loads(field_cipher.open_sealed(case.given_sealed, _context(case.id)))
    return values


def keep_given(case: ProofingCase, values: Mapping[str, str]) -> None:
    """Keep what the person typed, sealed, for as long as the case is open."""
    case.given_sealed = field_cipher.seal(json.dumps(dict(values), ensure_ascii=False), _context(case.id))
    case.updated_at = clock.now()


def lock(case: ProofingCase) -> ProofingCase:
    """Let nobody else change the case in this transaction; it is read anew."""
    db.session.flush()
    db.session.refresh(case, with_for_update=True)
    return case


def check_open(case: ProofingCase) -> None:
    """Raise Conflict (``case_closed``) when the case is decided, expired or cancelled."""
    if not case.is_open:
        raise Conflict("case_closed", "This case is closed. Start a new one", detail=case.state)


def wait(case: ProofingCase, reason: Reason) -> None:
    """Let the case wait for somebody or something; *reason* says for what."""
    case.state = WAITING
    case.reasons = [reason.value]
    case.updated_at = clock.now()


def undecide(case: ProofingCase, reasons: list[str]) -> None:
    """Let the case stand open and undecided. The caller has locked it."""
    case.state = UNDECIDED
    case.reasons = reasons
    case.updated_at = clock.now()
    log.record(
        EventName.PROOFING_UNDECIDED,
        account_id=case.account_id,
        case_id=case.id,
        way=case.verifier,
        reasons=reasons,
    )


def close(case: ProofingCase, state: str, reasons: list[str]) -> None:
    """End the case and forget what was typed. The caller has locked it."""
    now = clock.now()
    case.state = state
    case.reasons = reasons
    case.given_sealed = None
    case.asking_until = None
    case.next_attempt_at = None
    case.updated_at = now
    case.decided_at = now
    log.record(
        EventName.PROOFING_DECIDED,
        account_id=case.account_id,
        case_id=case.id,
        way=case.verifier,
        outcome=state,
        reasons=reasons,
    )


def _context(case_id: UUID) -> str:
    return f"proofing_cases.given:{case_id}"
