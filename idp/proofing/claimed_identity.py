"""Name and number as a person claims them: read from the form once, taken from the account when they are proven.

Names are compared as registers write them (domain §3, `identifiers.person_name`).
"""

from collections.abc import Mapping

from idp.accounts import person
from idp.accounts.identity import Identity
from idp.errors import InvalidInput
from idp.identifiers import document, passport, person_name
from idp.proofing.outcome import Outcome, Reason, Verdict, refused, undecided
from idp.proofing.registers import MATCH, Answer
from idp.proofing.verifier import Subject

FIELDS = ("name", "type", "number", "country")


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name, type, number and country: the proven ones, or what was typed. Raises InvalidInput."""
    held = proven(subject)
    if held is not None:
        return {"name": subject.name, "type": held.type, "number": held.number, "country": held.country}
    name = person.get_name(form.get("name", ""))
    typed = form.get("number", "")
    if not typed.strip():
        raise InvalidInput("number_missing", "Enter the number of your document", field="number")
    found = document.find(typed)
    if form.get("type") == passport.TYPE:
        found = document.parse(passport.TYPE, typed, form.get("country", ""))
    if found is None:
        raise InvalidInput(
            "number_malformed", "This is no valid number. Compare it with your card", field="number"
        )
    return {"name": name, "type": found.type, "number": found.number, "country": found.country}


def proven(subject: Subject) -> Identity | None:
    """Return the proven identity when it is a document's: a network number says nothing to other sources."""
    held = subject.identity
    return held if held is not None and held.document() is not None else None


def identity(given: Mapping[str, str]) -> Identity:
    """Return the identity that was claimed."""
    return Identity(given["type"], given["number"], given["country"])


def judge(given: Mapping[str, str], answer: Answer) -> Outcome:
    """Return the outcome of a source that compares name and number (and more): the answer for all of them alike."""
    if answer.result != MATCH:
        # A wrong name, a number nobody has, a source that will not say: one answer, nobody learns which.
        return refused(Reason.MISMATCH)
    return Outcome(Verdict.APPROVED, identity=identity(given), name=given["name"])


def read_from_document(name: object, number: object, subject: Subject) -> Outcome:
    """Return the outcome of a source that itself says who the holder is (a chip)."""
    found = document.find(number) if isinstance(number, str) else None
    if found is None or not isinstance(name, str):
        return undecided(Reason.ANSWER_CONTRADICTORY)
    try:
        stored = person.get_name(name)
    except InvalidInput:
        return undecided(Reason.ANSWER_CONTRADICTORY)
    holder = Identity(found.type, found.number, found.country)
    if proven(subject) is not None and not person_name.is_same(stored, subject.name):
        return undecided(Reason.NAME_DIFFERS)
    return Outcome(Verdict.APPROVED, identity=holder, name=stored)
