"""An enterprise as a person claims it: read from the form once, taken from the account when it is proven."""

from collections.abc import Mapping

from idp.accounts import person
from idp.accounts.identity import Identity
from idp.errors import InvalidInput
from idp.identifiers import document, uscc
from idp.proofing.outcome import Outcome, Reason, Verdict, refused, undecided
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Subject

FIELDS = ("enterprise_name", "uscc")
_ENDED = frozenset({"dissolved", "revoked"})


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name and code: the proven ones, or what was typed. Raises InvalidInput."""
    if subject.identity is not None:
        return {"enterprise_name": subject.name, "uscc": subject.identity.number}
    try:
        name = person.get_name(form.get("enterprise_name", ""))
    except InvalidInput as error:
        raise InvalidInput(
            f"enterprise_{error.code}", "Enter the full registered name", field="enterprise_name"
        ) from error
    return {"enterprise_name": name, "uscc": uscc.parse(form.get("uscc", "")).number}


def identity(given: Mapping[str, str]) -> Identity:
    """Return the identity that was claimed."""
    return Identity(uscc.TYPE, given["uscc"], document.CHINA)


def judge(given: Mapping[str, str], answer: Answer) -> Outcome:
    """Return the outcome of a source that knows enterprises: it must be there, and active."""
    if answer.result != MATCH:
        return refused(Reason.MISMATCH)
    status = answer.word("status")
    if status in _ENDED:
        return refused(Reason.ENTERPRISE_DISSOLVED)
    if status != "active":
        return undecided(Reason.ANSWER_CONTRADICTORY)
    return Outcome(Verdict.APPROVED, identity=identity(given), name=given["enterprise_name"])
