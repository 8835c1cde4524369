"""Claiming an enterprise: the register knows it, and names this citizen as its legal representative (domain §2, §4).

Two cases, one after the other, each of which may wait for its register for days; when the second is approved, the
person becomes the representative and what a former one gave ends. Nothing is anybody's before that.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import represented
from idp.accounts.account import ENTERPRISE, Account
from idp.db import commit, db
from idp.errors import Conflict, InvalidInput
from idp.identifiers import person_name
from idp.mandates import representation
from idp.mandates.mandate import Mandate
from idp.proofing import attempt, attempt_limit, case, case_row, claimed_enterprise, evidence, subject
from idp.proofing.case_row import ProofingCase
from idp.proofing.verifiers import enterprise_register, representative

STEPS = (enterprise_register.CODE, representative.CODE)
MOST_LISTED = 20


@dataclass(frozen=True)
class Claim:
    """How far it has come: the case that stands last, and the mandate once it is through."""

    enterprise: Account
    case: ProofingCase
    mandate: Mandate | None


def submit(person: Account, form: Mapping[str, str], *, address: str) -> Claim:
    """Claim the enterprise that was typed, as far as the registers answer now. Commits.

    Raises InvalidInput that names the field, Forbidden ``person_level_too_low``, TooMany, Conflict ``claim_busy``.
    """
    about = replace(subject.of_person(person), identity=None)
    given = representative.read(form, about)
    account = _account(person, given, address)
    return _go_on(account, person, given, address)


def resume(step: ProofingCase, *, address: str) -> Claim:
    """Go on with a claim that waited: ask again what is open, and finish what is approved. Commits."""
    account, person = accounts.get(step.account_id), accounts.get(step.person_id)
    given = case_row.given(step) or {
        "enterprise_name": accounts.name_of(account),
        "uscc": identity.number if (identity := identities.of(account)) else "",
    }
    if step.state == case_row.WAITING:
        attempt.retry(step)
    if step.is_open:
        return Claim(account, step, None)
    return _go_on(account, person, given, address)


def find_own(person: Account) -> list[Claim]:
    """Return the person's latest claims, one for each enterprise, newest first."""
    query = (
        select(ProofingCase)
        .where(ProofingCase.person_id == person.id, ProofingCase.verifier.in_(STEPS))
        .order_by(ProofingCase.id.desc())
        .limit(MOST_LISTED)
    )
    latest: dict[object, ProofingCase] = {}
    for step in db.session.scalars(query):
        latest.setdefault(step.account_id, step)
    return [Claim(accounts.get(step.account_id), step, None) for step in latest.values()]


def _go_on(account: Account, person: Account, given: Mapping[str, str], address: str) -> Claim:
    last = None
    for code in STEPS:
        if code == enterprise_register.CODE and code in evidence.valid_codes(account, clock.now()):
            continue
        last = _approved(account, person) if code == representative.CODE else None
        if last is None:
            last = _begin(account, code, person)
            if last.person_id != person.id:
                db.session.rollback()
                raise Conflict(
                    "claim_busy", "Somebody else is proving this at the moment. Try again later", field="uscc"
                )
            attempt.submit(last, given, address=address)
        if last.state != case_row.APPROVED:
            return Claim(account, last, None)
    if last is None:
        raise AssertionError("the last step is always taken")
    mandate = representation.install(account, person)
    commit()
    return Claim(account, last, mandate)


def _begin(account: Account, code: str, person: Account) -> ProofingCase:
    """Begin a step, or go on with it; what somebody else left lying, and nobody is asked about, is no obstacle."""
    found = case.begin(account, code, person_id=person.id)
    if found.person_id == person.id or case_row.lock(found).state == case_row.WAITING:
        return found
    case.cancel(found)
    db.session.flush()
    return case.begin(account, code, person_id=person.id)


def _approved(account: Account, person: Account) -> ProofingCase | None:
    """Return the person's approved case on which the enterprise's present evidence rests, if it is theirs."""
    if representative.CODE not in evidence.valid_codes(account, clock.now()):
        return None
    for piece in evidence.of_account(account.id):
        if piece.code == representative.CODE and piece.ended_at is None and piece.case_id is not None:
            found = case_row.find(piece.case_id)
            return found if found is not None and found.person_id == person.id else None
    return None


def _account(person: Account, given: Mapping[str, str], address: str) -> Account:
    """Return the enterprise's account, the one of the person's unfinished claim, or a new one that proves nothing."""
    found = identities.find_account(claimed_enterprise.identity(given))
    if found is not None:
        if not person_name.is_same(accounts.name_of(found), given["enterprise_name"]):
            # The registers are not asked, so it is counted here.
            attempt_limit.check(person.id, {}, address, held=None)
            raise InvalidInput(
                "enterprise_mismatch", "Name and code do not belong together", field="enterprise_name"
            )
        return found
    for claim in find_own(person):
        if claim.case.is_open and identities.of(claim.enterprise) is None:
            accounts.set_name(claim.enterprise, given["enterprise_name"])
            return claim.enterprise
    return represented.create(ENTERPRISE, given["enterprise_name"])
