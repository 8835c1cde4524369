"""A, the authenticator level: how surely the person at the keyboard is the same again. Pure."""

from collections.abc import Iterable

from idp.assurance import route
from idp.assurance.policy import CITIZEN, Policy


def of(policy: Policy, methods: Iterable[str], kind: str = CITIZEN) -> int:
    """Return A of a login with *methods* (``amr`` values; unknown ones and ``mfa`` count nothing)."""
    return route.highest(policy.authentication, _counting(policy, methods, kind))


def best(policy: Policy, enrolled_methods: Iterable[str], kind: str = CITIZEN) -> int:
    """Return the highest A that an account can show with all that it has enrolled."""
    return of(policy, enrolled_methods, kind)


def missing(
    policy: Policy, enrolled: Iterable[str], wanted_a: int, kind: str = CITIZEN
) -> tuple[frozenset[str], ...]:
    """Return the ways to *wanted_a*: for each the methods still to be enrolled here, the easiest way first."""
    held = frozenset(enrolled)
    ways = tuple(
        one
        for one in policy.authentication
        if not any(kind in policy.authenticators[code].not_for for code in one.needs)
        and not any(policy.authenticators[code].elsewhere for code in one.needs - held)
    )
    efforts = {code: one.effort for code, one in policy.authenticators.items()}
    return route.missing(ways, _counting(policy, held, kind), wanted_a, efforts)


def _counting(policy: Policy, methods: Iterable[str], kind: str) -> set[str]:
    known = policy.authenticators
    return {one for one in methods if one in known and kind not in known[one].not_for}
