"""What one attempt came to, before anything is written: approved, refused or undecided, and why.

Reasons are codes (``Reason``); pages have a sentence for each that a person can act on.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from idp.accounts.identity import Identity


class Verdict(StrEnum):
    """How an attempt ends when it was answered."""

    APPROVED = "approved"
    REFUSED = "refused"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """Why a case stands where it stands."""

    # Refused. What does not match and who does not exist is one answer: nobody learns which numbers exist.
    MISMATCH = "mismatch"
    CARD_NOT_VALID = "card_not_valid"
    DECEASED = "deceased"
    IDENTITY_CANCELLED = "identity_cancelled"
    NOT_LIVE = "not_live"
    REPRESENTATIVE_MISMATCH = "representative_mismatch"
    ENTERPRISE_DISSOLVED = "enterprise_dissolved"
    PRESENTATION_NOT_VALID = "presentation_not_valid"
    READING_NOT_VALID = "reading_not_valid"
    CERTIFICATE_NOT_VALID = "certificate_not_valid"
    REFUSED_BY_OFFICIAL = "refused_by_official"
    REFUSED_BY_VOUCHER = "refused_by_voucher"
    # Undecided: answers that contradict each other, or what we hold.
    IDENTITY_TAKEN = "identity_taken"
    IDENTITY_DIFFERS = "identity_differs"
    NAME_DIFFERS = "name_differs"
    ANSWER_CONTRADICTORY = "answer_contradictory"
    NOT_ACCEPTED = "not_accepted"
    # Waiting.
    ASKING = "asking"
    SOURCE_AWAY = "source_away"
    FOR_OFFICIAL = "for_official"
    FOR_SECOND_OFFICIAL = "for_second_official"
    FOR_VOUCHER = "for_voucher"


@dataclass(frozen=True)
class Outcome:
    """What an answer means for the case. ``identity`` and ``name`` are what it proved, where it proved them.

    ``residence`` is the code of the division where the person lives, where the source said so. ``holder`` is the
    proven identity that the source compared with a pseudonym.
    """

    verdict: Verdict
    reason: Reason | None = None
    identity: Identity | None = None
    name: str | None = None
    until: datetime | None = None
    residence: str | None = None
    holder: Identity | None = None


def refused(reason: Reason) -> Outcome:
    """The source said no."""
    return Outcome(Verdict.REFUSED, reason)


def undecided(reason: Reason) -> Outcome:
    """The source's answer does not fit; a person has to look."""
    return Outcome(Verdict.UNDECIDED, reason)
