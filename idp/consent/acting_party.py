"""Who said yes or no for the one it is about (domain §5: the acting party and its mandate)."""

from dataclasses import dataclass
from uuid import UUID

SELF, GUARDIAN, AGENT, ASSISTED = ("self", "guardian", "agent", "assisted")


@dataclass(frozen=True)
class ActingParty:
    """The person there: themselves, a guardian, an agent under a mandate, or a clerk with the person present.

    ``account_id`` is None for oneself, and where nobody is there (what a job or an official's command does).
    """

    kind: str = SELF
    account_id: UUID | None = None
    mandate_id: UUID | None = None

    @property
    def audit_actor(self) -> str | None:
        """What the audit log calls them; None: the account itself."""
        return f"account:{self.account_id}" if self.account_id else None


ONESELF = ActingParty()
