"""The certificate of an enterprise 法人数字证书, issued to it in person, shown now (domain §2)."""

from collections.abc import Mapping

from idp.identifiers import uscc
from idp.proofing import claimed_enterprise
from idp.proofing.certificate_holder import Holder
from idp.proofing.outcome import Outcome, Reason, Verdict, refused
from idp.proofing.verifier import Subject, Way

CODE = "enterprise_certificate"
KIND = "enterprise"
WAY = Way.HELD
NEEDS: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return nothing: the certificate says it all."""
    return {}


def judge_holder(holder: Holder, subject: Subject) -> Outcome:
    """Believe a certificate that says which enterprise it is."""
    found = next((code for number in holder.numbers if (code := uscc.find(number))), None)
    if found is None or not holder.name:
        return refused(Reason.CERTIFICATE_NOT_VALID)
    given = {"uscc": found.number, "enterprise_name": holder.name}
    return Outcome(
        Verdict.APPROVED,
        identity=claimed_enterprise.identity(given),
        name=holder.name,
        until=holder.until,
    )
