"""Government window with the enterprise's seal 窗口加盖公章: in person, two officials (domain §2)."""

from collections.abc import Mapping

from idp.proofing import claimed_enterprise, place
from idp.proofing.outcome import Outcome, Verdict
from idp.proofing.verifier import Subject, Way

CODE = "enterprise_counter"
KIND = "enterprise"
WAY = Way.TWO_OFFICIALS
NEEDS: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return the enterprise, and the division where its papers will be shown."""
    return claimed_enterprise.read(form, subject) | {"division": place.read(form)}


def proven(given: Mapping[str, str]) -> Outcome:
    """The officials saw papers and seal: the enterprise is as the person wrote."""
    return Outcome(
        Verdict.APPROVED, identity=claimed_enterprise.identity(given), name=given["enterprise_name"]
    )
