"""``acr`` values (OIDC Core §2): the five levels, and the one that is comparable with none of them. Pure.

They are a public contract that relying parties wrote into their code, so they are no data: a policy file that
names others is refused.
"""

from typing import Final

from idp.assurance.policy import LEVELS, Policy

PREFIX: Final = "urn:tongxing:loa:"
# A session run by an agency clerk with the person present.
ASSISTED: Final = f"{PREFIX}assisted"
NAMES: Final = tuple(f"{PREFIX}{level}" for level in LEVELS)
_LEVELS: Final = {name: level for level, name in enumerate(NAMES)}


def of(level: int) -> str:
    """Return the value that stands for *level*; IndexError when there is no such level."""
    if level not in LEVELS:
        raise IndexError(level)
    return NAMES[level]


def find(text: str) -> int | None:
    """Return the level that *text* stands for, or None (unknown values, and ASSISTED, which is no level)."""
    return _LEVELS.get(text)


def supported(policy: Policy) -> list[str]:
    """Return what a session can have under *policy*, lowest first, ASSISTED last (``acr_values_supported``)."""
    proofing = max(route.level for routes in policy.proofing.values() for route in routes)
    highest = min(proofing, max(policy.caps))
    return [*NAMES[: highest + 1], ASSISTED]
