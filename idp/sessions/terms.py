"""How long a session lives, in seconds: what the level policy says for this login, kept with the session. Pure."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from idp.assurance.policy import HIGHEST, Policy

DAY = 86_400


@dataclass(frozen=True)
class Terms:
    """``absolute`` and ``idle`` end the session; the ``strong`` ones end what more than one factor is worth in it.

    A session that has lost its strength goes on as one of a single factor, until the person authenticates again.
    """

    absolute: int = DAY
    idle: int = DAY
    strong_absolute: int = DAY
    strong_idle: int = 3600

    def idle_until(self, seen: datetime) -> datetime:
        """When it ends if it is not used again after *seen*."""
        return seen + timedelta(seconds=self.idle)

    def strong_until(self, authenticated: datetime, seen: datetime) -> datetime:
        """When its strength ends if it is not used again after *seen*."""
        return min(
            authenticated + timedelta(seconds=self.strong_absolute),
            seen + timedelta(seconds=self.strong_idle),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the values for the session's row."""
        return asdict(self)


STANDARD = Terms()


def of(policy: Policy, kind: str, level: int, *, own_device: bool) -> Terms:
    """Return the terms of a login by an account of *kind* that reaches *level*."""
    ordinary = policy.lives.of(0, kind, own_device=own_device)
    strong = policy.lives.of(max(level, HIGHEST - 1), kind)
    return Terms(
        absolute=ordinary.absolute,
        idle=ordinary.idle,
        strong_absolute=strong.absolute,
        strong_idle=strong.idle,
    )
