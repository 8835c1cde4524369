"""The legal representative in the register is this citizen 法定代表人, proven to P3 themselves (domain §2).

Name and number alone never prove that the applicant is the representative: both are the applicant's proven ones.
"""

from collections.abc import Mapping

from idp.errors import Forbidden
from idp.proofing import claimed_enterprise, registers
from idp.proofing.outcome import Outcome, Reason, Verdict, refused, undecided
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "representative"
KIND = "enterprise"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset({"enterprise_register"})
PASSING: frozenset[str] = frozenset()

PERSON_LEVEL = 3


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return the enterprise; the person is who is logged in. Raises Forbidden (``person_level_too_low``)."""
    if not _is_proven(subject):
        raise Forbidden("person_level_too_low", "Prove your own name to level 3 first")
    return claimed_enterprise.read(form, subject)


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether the person is the representative."""
    identity = subject.person_identity
    body = {
        "uscc": given["uscc"],
        "name": given["enterprise_name"],
        "representative_name": subject.person_name,
        "representative_number": "" if identity is None else identity.number,
    }
    return Question(registers.ENTERPRISE, body)


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a register that names the person, for an enterprise that is active."""
    if not _is_proven(subject):
        # It was, when the question was asked.
        return undecided(Reason.NOT_ACCEPTED)
    outcome = claimed_enterprise.judge(given, answer)
    if outcome.verdict is Verdict.APPROVED and answer.details.get("representative") != MATCH:
        return refused(Reason.REPRESENTATIVE_MISMATCH)
    return outcome


def _is_proven(subject: Subject) -> bool:
    return subject.person_identity is not None and subject.person_level >= PERSON_LEVEL
