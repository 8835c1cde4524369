"""Mobile operator, three elements 运营商三要素: name, number, phone are one customer's (domain §2 ``operator3``).

The phone is one that the person has just proven to hold: the door sends a code to it first.
"""

from collections.abc import Mapping

from idp.accounts import phone_number
from idp.proofing import claimed_identity, registers
from idp.proofing.outcome import Outcome
from idp.proofing.registers import Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "operator3"
KIND = "citizen"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset()
PASSING: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name, document and phone."""
    return claimed_identity.read(form, subject) | {"phone": phone_number.get(form.get("phone", ""))}


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether the three belong together."""
    body = {"name": given["name"], "number": given["number"], "phone": given["phone"]}
    return Question(registers.OPERATOR, body)


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a match."""
    return claimed_identity.judge(given, answer)
