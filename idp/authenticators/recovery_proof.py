"""How strongly somebody must prove who they are to recover an account: as strongly as the account was proven.

What was proven in this very recovery is weighed by the same policy as an account's evidence. With the account's own
phone and no proven name a code is enough; else name and number must be the account's, and who comes without its phone
proves P3 at least. Nothing here writes to the account: sources are asked, answers are believed or not.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts.account import Account
from idp.assurance import evidence as evidences
from idp.assurance import proofing_level
from idp.assurance.evidence import Evidence
from idp.authenticators.recovery_visit import Visit
from idp.errors import Forbidden, InvalidInput, NotFound
from idp.keys import field_cipher
from idp.level_policy import current
from idp.proofing import attempt_limit, registers, verifiers
from idp.proofing.outcome import Reason, Verdict
from idp.proofing.verifier import Subject
from idp.uuid7 import uuid7

PHONE = "phone"
REGISTER = "register"
CHIP = "chip"
COUNTER = "counter"
# What nobody can show who only sits in the account, which tells name and number, and has its newest phone.
BY_CARD = frozenset({CHIP, COUNTER})
CLAIM = ("name", "type", "number", "country")
# What can be asked without a session, in the order in which it is offered. A face never: there is no rise without
# consent given by the account, and none can be given for it here.
ASKED = (REGISTER, "operator3", "bank4", CHIP)
WITHOUT_PHONE = 3
NAMED = 2


def find_account(visit: Visit) -> Account | None:
    """Return the account that the proofs lead to: the phone's own, or the one of the proven identity."""
    return accounts.find(UUID(visit.account_id)) if visit.account_id else None


def wanted_level(visit: Visit, account: Account | None) -> int:
    """Return the P that must be proven in this recovery."""
    level = level_of(account) if account is not None else 0
    return level if visit.own_number else max(level, WITHOUT_PHONE)


def level_of(account: Account) -> int:
    """Return how well the account was proven, for the purpose of recovering it."""
    standing = evidences.from_standing(account.standing)
    level = proofing_level.of(current.get(), account.kind, standing, clock.now())
    # A name that was proven once is asked for again, whatever its evidence is worth today.
    return max(level, NAMED if account.identity_index is not None else 0)


def missing(visit: Visit, account: Account | None) -> tuple[frozenset[str], ...]:
    """Return the ways to go on, each as what is still to be proven, the easiest first; empty when none is left.

    A way with nothing in it means: enough.
    """
    wanted = wanted_level(visit, account)
    ways = proofing_level.missing(current.get(), accounts.CITIZEN, _pieces(visit.proofs), clock.now(), wanted)
    if _is_enough(visit, wanted):
        return (frozenset(),) if account is not None else ()
    open_ways = {*ASKED, COUNTER} if account is not None and visit.own_number else set(ASKED)
    named = REGISTER in visit.proofs
    return tuple(way for way in ways if way <= open_ways and (named or way & {REGISTER, CHIP, COUNTER}))


def is_proven(visit: Visit, account: Account | None) -> bool:
    """Whether the recovery may begin to wait."""
    return account is not None and _is_enough(visit, wanted_level(visit, account))


def is_strong_enough(proofs: Iterable[str], account: Account) -> bool:
    """Whether what was once proven is worth as much as the account has become meanwhile."""
    return _worth(proofs) >= level_of(account)


def prove(visit: Visit, code: str, form: Mapping[str, str], *, address: str) -> Visit:
    """Ask the source of *code*; return the visit with what it proved. No database transaction may be open.

    Raises InvalidInput (a field; ``mismatch`` for whatever is not so: wrong name, unknown number, another person's
    account), Forbidden ``recovery_at_counter`` where only a counter helps, TooMany, Unavailable, Upstream.
    """
    verifier = verifiers.find_asking(code) if code in ASKED else None
    if verifier is None or (code not in {REGISTER, CHIP} and REGISTER not in visit.proofs):
        raise NotFound("verifier_unknown", detail=code[:40])
    about = _nobody()
    given = verifier.read(dict(form) | dict(visit.claim) | {"phone": visit.phone}, about)
    guesser = UUID(bytes=field_cipher.blind_index("recovery_guesser", visit.phone)[:16])
    attempt_limit.check(guesser, given, address, held=None)
    question = verifier.question(given, about)
    answer = registers.ask(question.source, question.body, f"recovery:{uuid7()}")
    outcome = verifier.judge(given, about, answer)
    if outcome.verdict is not Verdict.APPROVED or outcome.identity is None:
        raise _refused(outcome.reason)
    holder = identities.find_account(outcome.identity)
    if visit.account_id is not None and (holder is None or str(holder.id) != visit.account_id):
        raise _refused(Reason.MISMATCH)
    attempt_limit.note(given, outcome.verdict)
    claim = visit.claim or tuple((name, given[name]) for name in CLAIM if name in given)
    proofs = (*(one for one in visit.proofs if one != code), code)
    proven = visit.changed(proofs=proofs, claim=claim)
    # Who has no phone of the account learns whether there is one only after all that is asked was proven.
    if proven.account_id is None and holder is not None and _is_enough(proven, WITHOUT_PHONE):
        proven = proven.changed(account_id=str(holder.id))
    return proven


def has_no_account(visit: Visit) -> bool:
    """Whether everything was proven and there is still no account of that person."""
    return visit.account_id is None and _is_enough(visit, WITHOUT_PHONE)


def _is_enough(visit: Visit, wanted: int) -> bool:
    return _worth(visit.proofs) >= wanted


def _worth(proofs: Iterable[str]) -> int:
    return proofing_level.of(current.get(), accounts.CITIZEN, _pieces(proofs), clock.now())


def _pieces(proofs: Iterable[str]) -> list[Evidence]:
    return [Evidence(code, clock.now()) for code in proofs]


def _nobody() -> Subject:
    """Return a subject of whom nothing is taken as known: name and number are typed, never read from an account."""
    nobody = Account(kind=accounts.CITIZEN)
    return Subject(nobody, "", None, nobody, "", None, 0)


def _refused(reason: Reason | None) -> InvalidInput | Forbidden:
    if reason in {Reason.MISMATCH, Reason.READING_NOT_VALID, None}:
        return InvalidInput("mismatch", "This does not match. Check what you typed and try again")
    return Forbidden("recovery_at_counter", "Go to a government service counter with your card")
