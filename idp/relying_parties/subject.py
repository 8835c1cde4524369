"""Under which subject a relying party knows an account (OIDC Core §8)."""

from uuid import UUID

from idp.accounts import subject
from idp.relying_parties import relying_party
from idp.relying_parties.relying_party import RelyingParty


def sub_of(account_subject: UUID, rp: RelyingParty) -> str:
    """Return the subject under which *rp* knows the account."""
    if rp.subject_type == relying_party.PUBLIC:
        return subject.public(account_subject)
    return subject.pairwise(account_subject, rp.sector)
