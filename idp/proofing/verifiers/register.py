"""Population register 人口库: name and number are those of one living person (domain §2 ``register``)."""

from collections.abc import Mapping
from dataclasses import replace

from idp.identifiers import division_code
from idp.proofing import claimed_identity, registers
from idp.proofing.outcome import Outcome, Reason, refused, undecided
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "register"
KIND = "citizen"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset()
PASSING: frozenset[str] = frozenset()

_STATUS = {"deceased": Reason.DECEASED, "cancelled": Reason.IDENTITY_CANCELLED}
_CARDS_OF_NO_USE = frozenset({"lost", "expired"})


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name and document."""
    return claimed_identity.read(form, subject)


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether they belong together."""
    body = {"id_type": given["type"], "number": given["number"], "name": given["name"]}
    return Question(registers.POPULATION, body)


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a match of somebody alive with a card that is good; what does not fit together is undecided."""
    if answer.result != MATCH:
        return claimed_identity.judge(given, answer)
    status, card = answer.word("status"), answer.word("card")
    if status in _STATUS:
        return refused(_STATUS[status])
    if card in _CARDS_OF_NO_USE:
        return refused(Reason.CARD_NOT_VALID)
    if status != "alive" or card not in {"valid", None} or answer.details.get("name_changed"):
        # A match under a name that the register itself calls changed, or a status we do not know.
        return undecided(Reason.ANSWER_CONTRADICTORY)
    residence = answer.details.get("residence")
    return replace(
        claimed_identity.judge(given, answer),
        residence=division_code.find(residence) if isinstance(residence, str) else None,
    )
