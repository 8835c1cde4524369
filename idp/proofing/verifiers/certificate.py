"""A certificate that an authority issued in person 数字证书 (UKey), shown now (domain §2 ``certificate``)."""

from collections.abc import Mapping

from idp.identifiers import document
from idp.proofing import claimed_identity
from idp.proofing.certificate_holder import Holder
from idp.proofing.outcome import Outcome, Reason, Verdict, refused
from idp.proofing.verifier import Subject, Way

CODE = "certificate"
KIND = "citizen"
WAY = Way.HELD
NEEDS: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return nothing: the certificate says it all."""
    return {}


def judge_holder(holder: Holder, subject: Subject) -> Outcome:
    """Believe a certificate that says whose it is, by name and number."""
    found = next((number for number in holder.numbers if document.find(number)), None)
    if found is None:
        return refused(Reason.CERTIFICATE_NOT_VALID)
    outcome = claimed_identity.read_from_document(holder.name, found, subject)
    if outcome.verdict is not Verdict.APPROVED:
        return outcome
    return Outcome(Verdict.APPROVED, identity=outcome.identity, name=outcome.name, until=holder.until)
