"""What the registers hold: a citizen, an enterprise."""

import datetime as dt
from dataclasses import dataclass

from idp.identifiers import citizen_id

ALIVE, DECEASED, CANCELLED = "alive", "deceased", "cancelled"
VALID, LOST = "valid", "lost"
ACTIVE, DISSOLVED, REVOKED = "active", "dissolved", "revoked"


@dataclass(frozen=True)
class Citizen:
    """One person in the population register, with a phone and a bank card."""

    number: str
    id_type: str
    name: str
    sex: str
    birth_date: dt.date
    phone: str
    bank_card: str
    household: int
    # The numbers of those who may speak for a child, and what they are to it.
    guardians: tuple[tuple[str, str], ...] = ()
    status: str = ALIVE
    card: str = VALID
    former_name: str = ""
    username: str = ""

    @property
    def residence(self) -> str:
        """The division where they are registered to live; who came from elsewhere lives in 西湖区."""
        return self.number[:6] if self.id_type == citizen_id.TYPE else "330106"

    def age(self, day: dt.date) -> int:
        """Return the full years on *day*."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True)
class Enterprise:
    """One organisation in the enterprise register; *representative* is a citizen's number."""

    uscc: str
    name: str
    representative: str
    status: str = ACTIVE
