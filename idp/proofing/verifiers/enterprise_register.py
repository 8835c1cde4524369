"""Enterprise register 企业登记库: name and code are those of one active enterprise (domain §2)."""

from collections.abc import Mapping

from idp.proofing import claimed_enterprise, registers
from idp.proofing.outcome import Outcome
from idp.proofing.registers import Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "enterprise_register"
KIND = "enterprise"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset()
PASSING: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name and code."""
    return claimed_enterprise.read(form, subject)


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether they belong together."""
    return Question(registers.ENTERPRISE, {"uscc": given["uscc"], "name": given["enterprise_name"]})


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a match of an active enterprise."""
    return claimed_enterprise.judge(given, answer)
