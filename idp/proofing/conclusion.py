"""How a case ends: evidence, proven identity and state are written together, or nothing is.

The only place in which evidence is earned through a case. The caller has locked the case.
"""

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import merging
from idp.accounts.account import Account
from idp.accounts.identity import Identity
from idp.errors import Conflict, InvalidInput
from idp.proofing import case_row, evidence, identity_takeover
from idp.proofing.case_row import ProofingCase
from idp.proofing.outcome import Outcome, Reason, Verdict

PSEUDONYM_LEFT = "pseudonym_left"


def conclude(case: ProofingCase, outcome: Outcome, *, source: str, digest: str | None) -> None:
    """Write what *outcome* means for the case and its account."""
    case.source = source
    case.digest = digest
    match outcome.verdict:
        case Verdict.APPROVED:
            _approve(case, outcome, source, digest)
        case Verdict.REFUSED:
            case_row.close(case, case_row.REFUSED, _codes(outcome.reason))
        case Verdict.UNDECIDED:
            leave_undecided(case, outcome.reason)


def leave_undecided(case: ProofingCase, reason: Reason | None) -> None:
    """Let the case stand where a person has to look, or to try again."""
    case.asking_until = None
    case.next_attempt_at = None
    case_row.undecide(case, _codes(reason))


def _approve(case: ProofingCase, outcome: Outcome, source: str, digest: str | None) -> None:
    account = accounts.get(case.account_id)
    identity_takeover.lock(account, case.verifier, outcome.identity)
    held = identities.of(account)
    if outcome.identity is not None:
        if _is_uncompared(held, outcome):
            leave_undecided(case, Reason.ANSWER_CONTRADICTORY)
            return
        try:
            _bind(account, outcome.identity, case, outcome.name)
        except Conflict as error:
            taken = error.code == "identity_taken"
            if taken:
                merging.note(account, outcome.identity)
            leave_undecided(case, Reason.IDENTITY_TAKEN if taken else Reason.IDENTITY_DIFFERS)
            return
        except InvalidInput:
            leave_undecided(case, Reason.ANSWER_CONTRADICTORY)
            return
        if _is_pseudonym(held) and not _is_pseudonym(outcome.identity):
            # What was proven under a pseudonym was proven of its holder, and nobody compared the two.
            evidence.revoke(
                account, evidence.valid_codes(account, clock.now()) - evidence.OF_NO_IDENTITY, PSEUDONYM_LEFT
            )
    elif outcome.name is not None and (held is None or _is_pseudonym(held)):
        accounts.set_name(account, outcome.name)
    if outcome.residence is not None:
        accounts.set_residence(account, outcome.residence)
    evidence.add(account, case.verifier, source=source, case_id=case.id, digest=digest, until=outcome.until)
    case.evidence = case.verifier
    case_row.close(case, case_row.APPROVED, [])


def _bind(account: Account, identity: Identity, case: ProofingCase, name: str | None) -> None:
    try:
        identities.bind(account, identity, name=name)
    except Conflict as error:
        if error.code != "identity_taken" or not identity_takeover.take(account, case, identity):
            raise
        identities.bind(account, identity, name=name)


def _is_pseudonym(identity: Identity | None) -> bool:
    return identity is not None and identity.type == identities.NETWORK_ID


def _is_uncompared(held: Identity | None, outcome: Outcome) -> bool:
    """Whether a pseudonym comes to an account whose number its source did not compare with it."""
    return _is_pseudonym(outcome.identity) and not (
        held is None or _is_pseudonym(held) or outcome.holder == held
    )


def _codes(reason: Reason | None) -> list[str]:
    return [] if reason is None else [reason.value]
