"""Acting for another (RFC 8693 §4.1): the subject is whom the session stands for, ``act`` names the person there."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Acting:
    """On whose behalf, by what right (a mandate, or an assisted session), and as whom the site knows the person.

    ``details`` are the authorization details that were granted (RFC 9396 §7). ``may_consent``: the person could
    consent for the principal when it was issued (a guardian of a child under 14).
    """

    principal_id: str
    actor_sub: str
    mandate_id: str | None = None
    assisted_case_id: str | None = None
    details: tuple[dict[str, Any], ...] = ()
    may_consent: bool = False

    @property
    def principal(self) -> UUID:
        """The account of the one who is acted for."""
        return UUID(self.principal_id)

    def claims(self) -> dict[str, Any]:
        """Return the claims for tokens."""
        found: dict[str, Any] = {"act": {"sub": self.actor_sub}}
        if self.details:
            found["authorization_details"] = list(self.details)
        return found
