"""The chip of an identity card or passport, read by a trusted reader that checked the holder (domain §2 ``chip``)."""

from collections.abc import Mapping

from idp.errors import InvalidInput
from idp.proofing import claimed_identity, registers
from idp.proofing.outcome import Outcome, Reason, refused
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Question, Subject, Way

CODE = "chip"
KIND = "citizen"
WAY = Way.SOURCE
NEEDS: frozenset[str] = frozenset()
PASSING: frozenset[str] = frozenset()

LONGEST = 8192


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return the signed reading as the reader gave it."""
    reading = "".join(form.get("reading", "")[: LONGEST * 2].split())
    if not reading or len(reading) > LONGEST or not reading.isascii():
        raise InvalidInput("reading_missing", "Paste the reading that the card reader shows", field="reading")
    return {"reading": reading}


def question(given: Mapping[str, str], subject: Subject) -> Question:
    """Ask whether the reading is genuine, and whose it is."""
    return Question(registers.CHIP, {"reading": given["reading"]})


def judge(given: Mapping[str, str], subject: Subject, answer: Answer) -> Outcome:
    """Believe a genuine reading whose holder was checked."""
    if answer.result != MATCH or answer.details.get("holder_checked") is not True:
        return refused(Reason.READING_NOT_VALID)
    return claimed_identity.read_from_document(
        answer.details.get("name"), answer.details.get("number"), subject
    )
