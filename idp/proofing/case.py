"""A proofing case 实名认证个案: one attempt to earn one piece of evidence, from its beginning to its decision.

One open case for an account and a way of proving. Registers are asked in `attempt`, vouchers answer in `vouching`;
here is what people do with a case themselves, and what officials do with those that are decided in person: at an
agency point one of them, at a counter two (domain §2).
"""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from idp import clock
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db, insert_if_absent
from idp.errors import Conflict, Forbidden, NotFound
from idp.proofing import case_row, conclusion, verifiers
from idp.proofing.case_row import IS_OPEN, NUMBER_LENGTH, ProofingCase
from idp.proofing.outcome import Outcome, Reason, Verdict
from idp.proofing.verifier import Way
from idp.uuid7 import uuid7

LIFE = timedelta(days=30)
BATCH = 200
# Read aloud at a counter: no letter that looks or sounds like another character.
NUMBER_ALPHABET = "23456789ACDEFHJKMNPQRTUVWXY"
LONGEST_NOTE = 200
EXAMINED = "examined"


def begin(
    account: Account,
    verifier: str,
    *,
    person_id: UUID | None = None,
    division_code: str | None = None,
    return_to: str | None = None,
) -> ProofingCase:
    """Open a case, or return the one that is open: a case that is begun twice is one case."""
    now = clock.now()
    case_id = uuid7()
    created = insert_if_absent(
        ProofingCase,
        id=case_id,
        number=_new_number(),
        account_id=account.id,
        person_id=person_id or account.id,
        verifier=verifier,
        state=case_row.STARTED,
        reasons=[],
        division_code=division_code,
        return_to=return_to,
        attempt=0,
        failures=0,
        created_at=now,
        updated_at=now,
        expires_at=now + LIFE,
        decided_by=[],
    )
    if created:
        log.record(EventName.PROOFING_STARTED, account_id=account.id, case_id=case_id, way=verifier)
        return case_row.get(case_id)
    case = find_open(account.id, verifier)
    if case is None:
        # It was closed at this very moment.
        raise Conflict("case_closed", "This was decided just now. Look at the result")
    if return_to is not None:
        case.return_to = return_to
    return case


def get_own(case_id: UUID, person_id: UUID) -> ProofingCase:
    """Return the case when *person_id* works on it; raises NotFound, the same for others' cases and for none."""
    case = case_row.find(case_id)
    if case is None or case.person_id != person_id:
        raise NotFound("case_unknown", detail=str(case_id))
    return case


def find_open(account_id: UUID, verifier: str) -> ProofingCase | None:
    """Return the open case of the account with this verifier, or None."""
    query = select(ProofingCase).where(
        ProofingCase.account_id == account_id, ProofingCase.verifier == verifier, IS_OPEN
    )
    return db.session.scalars(query).one_or_none()


def find_by_number(typed: str) -> ProofingCase | None:
    """Return the case with that number, however it was typed, or None."""
    number = "".join(character for character in typed[:100].upper() if character.isalnum())
    if len(number) != NUMBER_LENGTH:
        return None
    return db.session.scalars(select(ProofingCase).where(ProofingCase.number == number)).one_or_none()


def of_account(account_id: UUID, limit: int = 50) -> list[ProofingCase]:
    """Return the account's latest cases, the newest first."""
    query = select(ProofingCase).where(ProofingCase.account_id == account_id)
    return list(db.session.scalars(query.order_by(ProofingCase.id.desc()).limit(limit)))


def all_open(account_id: UUID) -> list[ProofingCase]:
    """Return every case of the account that nobody finished, however many others it has."""
    query = select(ProofingCase).where(ProofingCase.account_id == account_id, IS_OPEN)
    return list(db.session.scalars(query.order_by(ProofingCase.id)))


def cancel(case: ProofingCase) -> None:
    """End the case because the person does not want it any more. Twice does no harm."""
    if case_row.lock(case).is_open:
        case_row.close(case, case_row.CANCELLED, [])


def expire_due() -> int:
    """End the cases that nobody finished in time, a batch of them; return how many."""
    query = select(ProofingCase).where(ProofingCase.expires_at <= clock.now(), IS_OPEN).limit(BATCH)
    due = db.session.scalars(query.with_for_update(skip_locked=True)).all()
    for case in due:
        case_row.close(case, case_row.EXPIRED, [])
    return len(due)


def queue(prefixes: list[str], *, after: UUID | None = None, limit: int = 50) -> list[ProofingCase]:
    """Return the cases that wait for an official in these divisions and below, the oldest first, page by page.

    *prefixes*: the codes of divisions without the zeros that stand for "all of it" (330100 → 3301).
    """
    if not prefixes:
        return []
    here = or_(*(ProofingCase.division_code.startswith(prefix, autoescape=True) for prefix in prefixes))
    query = select(ProofingCase).where(ProofingCase.state == case_row.WAITING, here)
    if after is not None:
        query = query.where(ProofingCase.id > after)
    return list(db.session.scalars(query.order_by(ProofingCase.id).limit(limit)))


def examiner(case: ProofingCase) -> UUID | None:
    """Return the official who compared the original document, None while nobody has."""
    examined = _examined(case)
    return UUID(examined[-1]["account"]) if examined else None


def needs_two(case: ProofingCase) -> bool:
    """Whether one official examines and another one decides."""
    return verifiers.get(case.verifier).WAY is Way.TWO_OFFICIALS


def examine(case: ProofingCase, by: UUID, *, person_id: UUID | None = None, note: str = "") -> None:
    """Record that the official *by* saw the person and compared the original document; another one decides.

    *person_id*: the citizen behind the official account. Raises Conflict (``case_closed``, ``case_examined``),
    Forbidden (``own_case``), NotFound where no official is asked.
    """
    _check_official(case, by, person_id)
    if not needs_two(case):
        raise Conflict("case_needs_one_official", "This case is decided by one official")
    if examiner(case) is not None:
        raise Conflict("case_examined", "The document was compared already. Another official decides")
    _note(case, EXAMINED, by, person_id, note)
    case_row.wait(case, Reason.FOR_SECOND_OFFICIAL)
    log.record(EventName.PROOFING_EXAMINED, account_id=case.account_id, actor=str(by), case_id=case.id)


def decide(
    case: ProofingCase, by: UUID, *, approve: bool, reason: str, person_id: UUID | None = None
) -> None:
    """Approve or refuse a case that is decided in person; *reason* is what the official writes down.

    Approving at a counter needs another official than the one who examined. Raises Conflict (``case_closed``,
    ``case_not_examined``), Forbidden (``own_case``, ``second_official_needed``), NotFound.
    """
    _check_official(case, by, person_id)
    if approve and needs_two(case):
        first = _examined(case)
        if not first:
            raise Conflict("case_not_examined", "Somebody has to compare the original document first")
        if any(str(by) == one["account"] or (person_id and str(person_id) == one["person"]) for one in first):
            raise Forbidden("second_official_needed", "Another official has to decide this case")
    _note(case, case_row.APPROVED if approve else case_row.REFUSED, by, person_id, reason)
    outcome = (
        verifiers.get_attended(case.verifier).proven(case_row.given(case))
        if approve
        else Outcome(Verdict.REFUSED, Reason.REFUSED_BY_OFFICIAL)
    )
    conclusion.conclude(case, outcome, source=f"official:{by}", digest=None)


def _check_official(case: ProofingCase, by: UUID, person_id: UUID | None) -> None:
    case_row.lock(case)
    if verifiers.get(case.verifier).WAY not in {Way.OFFICIAL, Way.TWO_OFFICIALS}:
        raise NotFound("case_unknown", detail="no official decides it")
    case_row.check_open(case)
    if case.state != case_row.WAITING:
        raise Conflict("case_not_ready", "The person has not sent this case yet")
    if {by, person_id} & {case.account_id, case.person_id}:
        raise Forbidden("own_case", "Nobody decides a case of their own")


def _examined(case: ProofingCase) -> list[dict[str, Any]]:
    """Return who compared the document with what the person sent last, not with what stood there before."""
    return [one for one in case.decided_by if one["act"] == EXAMINED and one.get("attempt") == case.attempt]


def _note(case: ProofingCase, act: str, by: UUID, person_id: UUID | None, note: str) -> None:
    entry: dict[str, Any] = {
        "act": act,
        "account": str(by),
        "person": None if person_id is None else str(person_id),
        "at": clock.timestamp(),
        "attempt": case.attempt,
        "note": note[:LONGEST_NOTE],
    }
    case.decided_by = [*case.decided_by, entry]


def _new_number() -> str:
    return "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(NUMBER_LENGTH))
