"""Policies, evidence and requests for properties: the packaged policy, and any other one that keeps the rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from hypothesis import strategies as st

from idp.assurance import acr, evidence
from idp.assurance.evidence import Evidence
from idp.assurance.policy import AUTHENTICATOR_LEVELS, LEVELS, Policy, Route
from idp.assurance.requested_level import Asked, Standing
from idp.level_policy import packaged

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PACKAGED = packaged.policy()
CITIZENS = sorted(code for code, one in PACKAGED.evidence.items() if "citizen" in one.kinds)
METHODS = sorted(PACKAGED.authenticators)


def routes(codes: list[str], most: int) -> st.SearchStrategy[tuple[Route, ...]]:
    """Any ways to any levels."""
    needs = st.frozensets(st.sampled_from(codes), min_size=1, max_size=3)
    one = st.builds(Route, level=st.integers(0, most), needs=needs, effort=st.just(1))
    listed = st.lists(one, min_size=1, max_size=8, unique_by=lambda route: route.needs)
    return listed.map(lambda made: tuple(sorted(made, key=lambda route: -route.level)))


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """The packaged policy, or one with other caps and other ways."""
    if draw(st.booleans()):
        return PACKAGED
    caps = (0, *sorted(draw(st.lists(st.sampled_from(LEVELS), min_size=3, max_size=3))))
    return replace(
        PACKAGED,
        caps=caps,
        fresh_from=draw(st.integers(1, 4)),
        proofing=MappingProxyType(dict(PACKAGED.proofing) | {"citizen": draw(routes(CITIZENS, LEVELS[-1]))}),
        authentication=draw(routes(METHODS, AUTHENTICATOR_LEVELS[-1])),
    )


def is_elsewhere(policy: Policy, route: Route, held: tuple[Evidence, ...]) -> bool:
    """Whether something is still to be earned for this way that cannot be earned here."""
    counted = evidence.valid(policy, "citizen", held, NOW)
    return any(policy.evidence[code].elsewhere for code in route.needs - counted.keys())


def pieces() -> st.SearchStrategy[tuple[Evidence, ...]]:
    """Evidence of any age, ended or not, of unknown kinds too, from a clock that runs ahead too."""
    moments = st.timedeltas(timedelta(days=-4000), timedelta(hours=1)).map(lambda delta: NOW + delta)
    ends = st.none() | st.timedeltas(timedelta(days=-10), timedelta(days=4000)).map(lambda delta: NOW + delta)
    codes = st.sampled_from([*CITIZENS, "enterprise_register", "appointment", "unheard_of"])
    one = st.builds(Evidence, code=codes, at=moments, until=ends)
    return st.lists(one, max_size=8).map(tuple)


def methods() -> st.SearchStrategy[frozenset[str]]:
    """What a person signed in with."""
    return st.frozensets(st.sampled_from([*METHODS, "mfa", "unheard_of"]), max_size=5)


def values() -> st.SearchStrategy[tuple[str, ...]]:
    """What a site lists: known values, unknown ones, in any order, repeated."""
    one = st.sampled_from([*acr.NAMES, acr.ASSISTED, "urn:example:other", ""])
    return st.lists(one, max_size=4).map(tuple)


def requests() -> st.SearchStrategy[Asked]:
    """Any request."""
    return st.builds(
        Asked,
        acr_values=values(),
        essential=st.none() | values(),
        floor=st.sampled_from(LEVELS),
        fresh_proof=st.booleans(),
    )


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    """Any account and session; what can be proven is never less than what is."""
    proofing = draw(st.sampled_from(LEVELS))
    return Standing(
        proofing=proofing,
        authenticator=draw(st.sampled_from(AUTHENTICATOR_LEVELS)),
        enrolled=draw(st.sampled_from(AUTHENTICATOR_LEVELS)),
        provable=draw(st.integers(proofing, LEVELS[-1])),
        just_authenticated=draw(st.booleans()),
        assisted=draw(st.booleans()),
    )
