"""The levels that a grant carries into its tokens: ``acr`` and, beside it, ``ial``, ``aal`` and ``fal``."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from idp.assurance import acr

UNKNOWN = acr.of(0)


@dataclass(frozen=True)
class Levels:
    """What was answered, and what it was asked for: ``asked`` are the acr_values, ``floor`` the least level allowed.

    ``acr`` follows the published rule (docs/levels.md): the first value asked for that the session satisfies, or its
    own level when none was asked for.
    """

    acr: str = UNKNOWN
    ial: int = 0
    aal: int = 0
    fal: int = 1
    asked: tuple[str, ...] = ()
    floor: int = 0

    @property
    def level(self) -> int:
        """The level that ``acr`` names; an assisted session's is none."""
        return acr.find(self.acr) or 0

    def lowered(self, name: str) -> "Levels":
        """Return the same with *name* as the acr."""
        return replace(self, acr=name)

    def with_ial(self, ial: int) -> "Levels":
        """Return the same with another proofing level."""
        return replace(self, ial=ial)

    def claims(self) -> dict[str, Any]:
        """Return the claims for an ID token."""
        return {"acr": self.acr, "ial": self.ial, "aal": self.aal, "fal": self.fal}

    def to_json(self) -> dict[str, Any]:
        """Return the values for the grant's row."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Levels":
        """Read back what `to_json` gave; a grant from before levels existed has the lowest."""
        return cls(**(value | {"asked": tuple(value.get("asked", ()))}))
