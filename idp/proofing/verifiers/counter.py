"""Government window 政务服务窗口: in person, with the original document; two officials (domain §2 ``counter``).

The person prepares the case at home and takes its number along.
"""

from collections.abc import Mapping

from idp.proofing import claimed_identity, place
from idp.proofing.outcome import Outcome, Verdict
from idp.proofing.verifier import Subject, Way

CODE = "counter"
KIND = "citizen"
WAY = Way.TWO_OFFICIALS
NEEDS: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return name and document that will be shown, and the division where."""
    return claimed_identity.read(form, subject) | {"division": place.read(form)}


def proven(given: Mapping[str, str]) -> Outcome:
    """The officials saw the document: it is as the person wrote."""
    return Outcome(Verdict.APPROVED, identity=claimed_identity.identity(given), name=given["name"])
