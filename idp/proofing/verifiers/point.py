"""Agency point 代办点: a clerk compares the original card with the reader's result, and vouches (domain §2 ``point``).

The person prepares the case at home and takes its number along.
"""

from collections.abc import Mapping

from idp.proofing import claimed_identity, place
from idp.proofing.outcome import Outcome, Verdict
from idp.proofing.verifier import Subject, Way

CODE = "point"
KIND = "citizen"
WAY = Way.OFFICIAL
NEEDS: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name and document that will be shown, and the division where."""
    return claimed_identity.read(form, subject) | {"division": place.read(form)}


def proven(given: Mapping[str, str]) -> Outcome:
    """The officials saw the document: it is as the person wrote."""
    return Outcome(Verdict.APPROVED, identity=claimed_identity.identity(given), name=given["name"])
