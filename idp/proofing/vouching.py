"""Answering for somebody 担保: the voucher finds the case by the number they were given, and says yes or no.

Never above the voucher's own level (domain §2): who is proven less than what a statement earns cannot vouch, and when
the voucher falls below it, by a register, by age of the evidence or by leaving, what rests on the word falls too.
"""

from uuid import UUID

from idp import clock, rate_limit
from idp.accounts import account as accounts
from idp.accounts.account import CITIZEN, Account
from idp.assurance import evidence as standing
from idp.assurance import proofing_level
from idp.audit import log
from idp.audit.event import EventName
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, NotFound
from idp.level_policy import current
from idp.outbox.message import OutboxMessage
from idp.proofing import case as cases
from idp.proofing import case_row, conclusion, evidence, verifiers
from idp.proofing.case_row import ProofingCase
from idp.proofing.outcome import Outcome, Reason, Verdict
from idp.proofing.verifier import Way
from idp.proofing.verifiers import vouch

DAY = 86_400
LOOKUPS_PER_DAY = 20
VOUCHED = "vouched"
DENIED = "denied"
FALLEN = "voucher_fallen"


def may_vouch(voucher: Account) -> bool:
    """Whether the account is proven at least as well as what its word earns, and not by such a word itself."""
    policy = current.get()
    earned = policy.evidence.get(vouch.CODE)
    if earned is None or voucher.kind != CITIZEN:
        return False
    # Else one proven person could make any number of them.
    pieces = tuple(one for one in standing.from_standing(voucher.standing) if one.code != vouch.CODE)
    return proofing_level.of(policy, voucher.kind, pieces, clock.now()) >= earned.ceiling


def get(typed: str, voucher: Account) -> ProofingCase:
    """Return the waiting case with that number; raises Forbidden, TooMany, NotFound ``case_unknown``."""
    if not may_vouch(voucher):
        raise Forbidden("voucher_level_too_low", "Only people with a proven name can answer for others")
    key = f"vouching:{rate_limit.hashed(str(voucher.id))}"
    rate_limit.check(key, LOOKUPS_PER_DAY, DAY)
    case = cases.find_by_number(typed)
    waits = case is not None and case.state == case_row.WAITING
    if case is None or not waits or verifiers.get(case.verifier).WAY is not Way.VOUCHER:
        raise NotFound("case_unknown", "No open case has this number", field="number")
    return case


def answer(case: ProofingCase, voucher: Account, *, approve: bool) -> None:
    """Write the voucher's yes or no. Raises Forbidden (``own_case``), Conflict (``case_closed``)."""
    case_row.lock(case)
    case_row.check_open(case)
    if voucher.id in {case.account_id, case.person_id}:
        raise Forbidden("own_case", "Nobody answers for themselves")
    # Whose standing falls at this moment falls before this word or after it, never unseen by it. In one order, because
    # two people may answer for each other.
    for account in sorted((voucher, accounts.get(case.account_id)), key=lambda one: one.id):
        db.session.refresh(account, with_for_update=True)
    if not may_vouch(voucher):
        raise Forbidden("voucher_level_too_low", "Only people with a proven name can answer for others")
    if verifiers.get(case.verifier).WAY is not Way.VOUCHER or case.state != case_row.WAITING:
        raise Conflict("case_closed", "This case is closed. Start a new one")
    act = VOUCHED if approve else DENIED
    who = {"account": str(voucher.id), "person": None}
    entry = {"act": act, "at": clock.timestamp(), "attempt": case.attempt, "note": ""} | who
    case.decided_by = [*case.decided_by, entry]
    log.record(EventName.PROOFING_VOUCHED, account_id=case.account_id, actor=str(voucher.id), case_id=case.id)
    outcome = (
        verifiers.get_attended(case.verifier).proven(case_row.given(case))
        if approve
        else Outcome(Verdict.REFUSED, Reason.REFUSED_BY_VOUCHER)
    )
    conclusion.conclude(case, outcome, source=_source(voucher), digest=None)


def standing_changed(message: OutboxMessage) -> None:
    """Let the word of somebody who may not give it any more fall (a handler of the outbox). Commits."""
    voucher = accounts.find(UUID(message.payload["account_id"]))
    if voucher is None or may_vouch(voucher):
        return
    while account_ids := evidence.resting_on_word(_source(voucher)):
        for account_id in account_ids:
            evidence.revoke(accounts.get(account_id), {vouch.CODE}, FALLEN)
        commit()


def _source(voucher: Account) -> str:
    return f"voucher:{voucher.id}"
