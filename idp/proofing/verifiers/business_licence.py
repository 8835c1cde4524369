"""The electronic business licence 电子营业执照, presented from the enterprise's own app (domain §2)."""

from collections.abc import Mapping

from idp.errors import InvalidInput
from idp.proofing import claimed_enterprise, registers
from idp.proofing.outcome import Outcome, Reason, Verdict, refused
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "business_licence"
KIND = "enterprise"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset()
PASSING: frozenset[str] = frozenset()

LONGEST = 8192


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return the enterprise and the presentation of its licence."""
    licence = "".join(form.get("licence", "")[: LONGEST * 2].split())
    if not licence or len(licence) > LONGEST or not licence.isascii():
        raise InvalidInput("licence_missing", "Paste what the licence app shows", field="licence")
    return claimed_enterprise.read(form, subject) | {"licence": licence}


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether the presentation is genuine, and of this enterprise."""
    return Question(registers.LICENCE, {"licence": given["licence"], "uscc": given["uscc"]})


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a genuine presentation of this enterprise's licence."""
    if answer.result != MATCH:
        return refused(Reason.PRESENTATION_NOT_VALID)
    return Outcome(
        Verdict.APPROVED, identity=claimed_enterprise.identity(given), name=given["enterprise_name"]
    )
