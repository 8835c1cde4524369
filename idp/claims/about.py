"""Whom an answer is about: the account that the session acts as, the person at the keyboard, and by what right."""

from dataclasses import dataclass
from datetime import datetime

from idp.accounts import identity
from idp.accounts.account import Account
from idp.assurance import evidence, proofing_level
from idp.assurance.evidence import Evidence
from idp.level_policy import current
from idp.mandates import rules
from idp.mandates.mandate import Mandate

# From here on the name is more than what somebody typed (domain §2).
REAL_NAME = 2


@dataclass(frozen=True)
class About:
    """``account`` is what ``sub`` names; ``person`` is somebody else only when acting for another.

    Then there is a mandate, or an assisted session without one.
    """

    account: Account
    person: Account
    mandate: Mandate | None = None
    # Who is told; empty where that makes no difference.
    client_id: str = ""

    @property
    def is_acting(self) -> bool:
        """Whether somebody acts for somebody else."""
        return self.account.id != self.person.id

    def pieces(self) -> tuple[Evidence, ...]:
        """Return the evidence of the account."""
        return evidence.from_standing(self.account.standing)

    def proofing(self, now: datetime) -> int:
        """Return the account's proofing level, without a query."""
        return proofing_level.of(current.get(), self.account.kind, self.pieces(), now)

    def is_proven(self, now: datetime) -> bool:
        """Whether it is proven who this is, and still is."""
        return self.proofing(now) >= REAL_NAME

    def has_proven_name(self, now: datetime) -> bool:
        """Whether the name was among what was proven: a network number 网号 tells none, its holder typed it."""
        return self.is_proven(now) and self.account.identity_type != identity.NETWORK_ID

    def has_known_facts(self, now: datetime) -> bool:
        """Whether number, birth date and sex are more than what somebody typed, and still hold.

        A child whose guardian acts for it proves nothing itself: the kinship register confirmed name and number.
        """
        of_child = self.is_acting and self.mandate is not None and self.mandate.role == rules.GUARDIAN
        return of_child or self.has_proven_name(now)


def oneself(account: Account, client_id: str = "") -> About:
    """Return what an answer about a person who acts for nobody else is about."""
    return About(account, account, client_id=client_id)
