"""The statement of a guardian or a village committee 担保 (domain §2 ``vouch``): never above the voucher's own level.

The person prepares the case and gives its number to the voucher, who answers on a page of their own.
"""

from collections.abc import Mapping

from idp.accounts import person
from idp.proofing.outcome import Outcome, Verdict
from idp.proofing.verifier import Subject, Way

CODE = "vouch"
KIND = "citizen"
WAY = Way.VOUCHER
NEEDS: frozenset[str] = frozenset()


def read(form: Mapping[str, str], subject: Subject) -> dict[str, str]:
    """Return the name by which the voucher knows the person."""
    return {"name": subject.name if subject.identity is not None else person.get_name(form.get("name", ""))}


def proven(given: Mapping[str, str]) -> Outcome:
    """The voucher knows the person by this name. No document was seen: it stands until one says another."""
    return Outcome(Verdict.APPROVED, name=given["name"])
