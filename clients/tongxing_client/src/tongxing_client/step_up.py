"""Ask for more than the session has: a level, or a fresh proof of who it is (OIDC Core §3.1.2.1, §5.5.1.1).

Pure: it compares what the session has with what a page needs and says what to ask the provider for.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

_LEVEL = re.compile(r"urn:tongxing:loa:([0-9])")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepUp:
    """What to ask for: parameters of the authorization request."""

    acr_values: tuple[str, ...] = ()
    max_age: int | None = None


def satisfies(acr: str | None, acceptable: Collection[str]) -> bool:
    """Whether ``acr`` is one of ``acceptable``, or above one where both are ``urn:tongxing:loa:N``."""
    if acr is None:
        return False
    if acr in acceptable:
        return True
    level = find_level(acr)
    wanted = [find_level(value) for value in acceptable]
    return level is not None and any(one is not None and level >= one for one in wanted)


def find_level(acr: str | None) -> int | None:
    """The number of a Tongxing level, or None for anything else (as ``urn:tongxing:loa:assisted``)."""
    found = _LEVEL.fullmatch(acr or "")
    return int(found[1]) if found else None


def find_missing(
    *,
    acr: str | None,
    auth_time: float | None,
    needed_acr: Sequence[str] = (),
    max_age: int | None = None,
    now: float,
    leeway: float = 30,
) -> StepUp | None:
    """What to ask the provider for, or None when the session is good enough."""
    level_is_low = bool(needed_acr) and not satisfies(acr, needed_acr)
    is_old = max_age is not None and (auth_time is None or now - auth_time > max_age + leeway)
    if not level_is_low and not is_old:
        return None
    return StepUp(acr_values=tuple(needed_acr), max_age=max_age)
