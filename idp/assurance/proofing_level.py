"""P, the proofing level: how well an account's evidence proves who somebody is. Pure."""

from collections.abc import Iterable
from datetime import datetime

from idp.assurance import evidence as evidences
from idp.assurance import route
from idp.assurance.evidence import Evidence
from idp.assurance.policy import Policy


def of(
    policy: Policy, kind: str, evidence: Iterable[Evidence], now: datetime, max_age: int | None = None
) -> int:
    """Return P of an account of *kind*; with *max_age* only evidence not older than that counts (seconds)."""
    return route.highest(
        policy.proofing.get(kind, ()), evidences.valid(policy, kind, evidence, now, max_age).keys()
    )


def proved_at(policy: Policy, kind: str, evidence: Iterable[Evidence], now: datetime) -> datetime | None:
    """Return the time of the oldest piece that P rests on (of several ways the freshest); None at level 0."""
    held = evidences.valid(policy, kind, evidence, now)
    routes = policy.proofing.get(kind, ())
    level = route.highest(routes, held.keys())
    if level == 0:
        return None
    complete = [one for one in routes if one.level == level and one.needs.issubset(held.keys())]
    return max(min(held[code] for code in one.needs) for one in complete)


def missing(
    policy: Policy, kind: str, evidence: Iterable[Evidence], now: datetime, wanted: int
) -> tuple[frozenset[str], ...]:
    """Return the ways to *wanted*: for each the codes still to be earned, the easiest way first.

    What is earned elsewhere is no way that anybody can go here, but counts where it is held.
    """
    held = frozenset(evidences.valid(policy, kind, evidence, now))
    efforts = {code: one.effort for code, one in policy.evidence.items()}
    ways = tuple(
        one
        for one in policy.proofing.get(kind, ())
        if not any(policy.evidence[code].elsewhere for code in one.needs - held)
    )
    return route.missing(ways, held, wanted, efforts)


def highest(policy: Policy, kind: str) -> int:
    """Return the highest P that an account of *kind* may ever reach."""
    routes = policy.proofing.get(kind, ())
    return routes[0].level if routes else 0
