"""What must hold between the parts of a level policy, whatever a deployer writes (domain rules). Pure."""

import itertools
from collections import Counter
from collections.abc import Iterator

from idp.assurance.policy import HIGHEST, LEVELS, Policy, Route
from idp.assurance.table_reader import Problem

# What the provider itself does and looks up; a file that leaves one out would leave it without a floor.
ACTS = frozenset(
    {
        "appoint_administrator",
        "appoint_guardian",
        "change_authenticator",
        "change_phone",
        "console",
        "console_audit",
        "console_security",
        "view_licences",
        "view_progress",
    }
)


def problems(policy: Policy) -> Iterator[Problem]:
    """Yield each rule that *policy* breaks."""
    yield from _dates(policy)
    yield from _caps(policy)
    for kind, routes in policy.proofing.items():
        yield from _routes(policy, kind, routes)
        yield from _twice(f"proofing.{kind}", routes)
    yield from _twice("authentication", policy.authentication)
    yield from _idle(policy)
    yield from _unused(policy)
    for name in sorted(ACTS - policy.floors.acts.keys()):
        yield Problem(f"floors.acts.{name}", "is missing")
    for name in sorted(policy.floors.acts.keys() - ACTS):
        yield Problem(f"floors.acts.{name}", "is no act that the provider knows")


def _dates(policy: Policy) -> Iterator[Problem]:
    begin, end = policy.valid_from, policy.valid_until
    if begin is not None and end is not None and end <= begin:
        yield Problem("valid_until", "must be later than valid_from")


def _caps(policy: Policy) -> Iterator[Problem]:
    if policy.caps[0] != 0:
        yield Problem("caps.A0", "must be 0: nobody has logged in")
    for level in range(1, len(policy.caps)):
        if policy.caps[level] < policy.caps[level - 1]:
            yield Problem(f"caps.A{level}", f"must not be lower than A{level - 1}")


def _routes(policy: Policy, kind: str, routes: tuple[Route, ...]) -> Iterator[Problem]:
    where = f"proofing.{kind}"
    for route in routes:
        known = [policy.evidence[code] for code in sorted(route.needs) if code in policy.evidence]
        for one in known:
            if kind not in one.kinds:
                yield Problem(where, f"{one.code} is no evidence of that kind of account")
            if route.level > one.ceiling:
                yield Problem(where, f"{one.code} must not earn more than level {one.ceiling}")
    for level in LEVELS[1:]:
        enough = [route for route in routes if route.level >= level and not _is_elsewhere(policy, route)]
        if enough and all(_is_biometric(policy, route) for route in enough):
            yield Problem(where, f"level {level} is reached by biometric evidence only; give another way")


def _twice(where: str, routes: tuple[Route, ...]) -> Iterator[Problem]:
    for needs, times in Counter(route.needs for route in routes if route.needs).items():
        if times > 1:
            yield Problem(where, f"{' + '.join(sorted(needs))} stands there twice")


def _is_biometric(policy: Policy, route: Route) -> bool:
    return any(policy.evidence[code].biometric for code in route.needs if code in policy.evidence)


def _is_elsewhere(policy: Policy, route: Route) -> bool:
    return any(policy.evidence[code].elsewhere for code in route.needs if code in policy.evidence)


def _idle(policy: Policy) -> Iterator[Problem]:
    lives = policy.lives
    for name in lives.__slots__:
        life = getattr(lives, name)
        if life.idle > life.absolute:
            yield Problem(f"sessions.{name}.idle", "must not be longer than absolute")
    rising = ("level_4", "level_3", "own_device")
    for higher, lower in itertools.pairwise(rising):
        if getattr(lives, higher).absolute > getattr(lives, lower).absolute:
            yield Problem(f"sessions.{higher}.absolute", f"must not be longer than {lower}'s")


def _unused(policy: Policy) -> Iterator[Problem]:
    used = {code for routes in policy.proofing.values() for route in routes for code in route.needs}
    for code in sorted(policy.evidence.keys() - used):
        yield Problem(f"evidence.{code}", "earns nothing: no way in [[proofing.…]] uses it")
    methods = {code for route in policy.authentication for code in route.needs}
    for code in sorted(policy.authenticators.keys() - methods):
        yield Problem(f"authenticators.{code}", "earns nothing: no way in [[authentication]] uses it")
    if max(policy.caps) < HIGHEST:
        yield Problem("caps", f"nobody could ever reach level {HIGHEST}")
