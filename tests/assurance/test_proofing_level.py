"""P (domain §2): what evidence earns, when it falls, what is missing."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.assurance import proofing_level
from idp.assurance.evidence import Evidence
from idp.assurance.policy import HIGHEST, Policy
from tests.assurance import worlds
from tests.assurance.worlds import NOW, PACKAGED


def held(*codes: str, at: datetime = NOW) -> tuple[Evidence, ...]:
    return tuple(Evidence(code, at) for code in codes)


@pytest.mark.parametrize(
    ("kind", "codes", "level"),
    [
        ("citizen", "", 0),
        ("citizen", "self", 0),
        ("citizen", "phone", 1),
        ("citizen", "register", 2),
        ("citizen", "operator3", 2),
        ("citizen", "bank4", 2),
        ("citizen", "vouch", 2),
        ("citizen", "vouch phone register", 2),
        ("citizen", "face", 0),  # worth nothing without the register
        ("citizen", "register face", 3),
        ("citizen", "register operator3", 2),
        ("citizen", "register operator3 bank4", 3),  # the way without a face
        ("citizen", "network_id", 3),
        ("citizen", "chip", 3),
        ("citizen", "point", 3),
        ("citizen", "counter", 4),
        ("citizen", "certificate", 4),
        ("enterprise", "enterprise_typed", 1),
        ("enterprise", "enterprise_register", 2),
        ("enterprise", "representative", 0),  # name and number never prove who applies
        ("enterprise", "enterprise_register representative", 3),
        ("enterprise", "business_licence", 4),
        ("enterprise", "enterprise_certificate", 4),
        ("enterprise", "enterprise_counter", 4),
        ("enterprise", "counter", 0),  # a citizen's evidence
        ("official", "counter", 0),
        ("official", "appointment", 3),
        ("official", "appointment counter", 4),
        ("official", "appointment certificate", 4),
        ("nobody", "phone", 0),
    ],
)
def test_what_the_domain_gives_for_evidence(kind: str, codes: str, level: int) -> None:
    assert proofing_level.of(PACKAGED, kind, held(*codes.split()), NOW) == level


@given(worlds.policies(), worlds.pieces(), worlds.pieces())
def test_more_evidence_never_lowers(
    policy: Policy, some: tuple[Evidence, ...], more: tuple[Evidence, ...]
) -> None:
    assert proofing_level.of(policy, "citizen", some, NOW) <= proofing_level.of(
        policy, "citizen", some + more, NOW
    )


@given(worlds.policies(), worlds.pieces(), st.timedeltas(timedelta(0), timedelta(days=5000)))
def test_time_alone_never_raises(policy: Policy, pieces: tuple[Evidence, ...], later: timedelta) -> None:
    begun = tuple(one for one in pieces if one.at <= NOW)
    now_, then = (proofing_level.of(policy, "citizen", begun, moment) for moment in (NOW, NOW + later))
    assert now_ >= then


@given(worlds.policies(), worlds.pieces(), st.integers(0, 10**8), st.integers(0, 10**8))
def test_asking_for_fresher_proof_never_raises(
    policy: Policy, pieces: tuple[Evidence, ...], one: int, other: int
) -> None:
    stricter, laxer = sorted((one, other))
    levels = [proofing_level.of(policy, "citizen", pieces, NOW, age) for age in (stricter, laxer, None)]
    assert levels == sorted(levels)


@given(worlds.policies(), worlds.pieces())
def test_never_above_what_the_kind_may_reach_nor_the_ceiling_of_its_evidence(
    policy: Policy, pieces: tuple[Evidence, ...]
) -> None:
    level = proofing_level.of(policy, "citizen", pieces, NOW)
    assert 0 <= level <= proofing_level.highest(policy, "citizen") <= HIGHEST
    if policy is PACKAGED:
        ceilings = [policy.evidence[one.code].ceiling for one in pieces if one.code in policy.evidence]
        assert level <= max(ceilings, default=0)


@given(worlds.policies(), worlds.pieces(), st.integers(0, 4))
def test_what_is_said_to_be_missing_leads_there(
    policy: Policy, pieces: tuple[Evidence, ...], wanted: int
) -> None:
    ways = proofing_level.missing(policy, "citizen", pieces, NOW, wanted)
    level = proofing_level.of(policy, "citizen", pieces, NOW)
    here = [route for route in policy.proofing["citizen"] if not worlds.is_elsewhere(policy, route, pieces)]
    reachable = wanted <= max((route.level for route in here), default=0)
    assert bool(ways) == (level < wanted and reachable)
    for way in ways:
        assert proofing_level.of(policy, "citizen", pieces + held(*way), NOW) >= wanted
        assert not any(other < way for other in ways)
    efforts = [sum(policy.evidence[code].effort for code in way) for way in ways]
    assert efforts == sorted(efforts)


def test_what_is_earned_in_another_province_counts_and_is_never_offered() -> None:
    assert proofing_level.of(PACKAGED, "citizen", held("recognised_3"), NOW) == 3
    offered = proofing_level.missing(PACKAGED, "citizen", held("recognised_1"), NOW, 4)
    assert offered
    assert not {code for way in offered for code in way if code.startswith("recognised")}
    later = NOW + timedelta(days=31)
    assert proofing_level.of(PACKAGED, "citizen", held("recognised_3"), later) == 0


def test_the_face_is_never_the_only_way_to_what_is_missing() -> None:
    ways = proofing_level.missing(PACKAGED, "citizen", held("phone"), NOW, 3)
    assert frozenset({"register", "operator3", "bank4"}) in ways
    assert frozenset({"register", "face"}) in ways
    assert ways[0] == {"network_id"}


def test_a_level_is_as_old_as_the_oldest_piece_it_rests_on_by_the_freshest_way() -> None:
    day = timedelta(days=1)
    pieces = (*held("register", at=NOW - 9 * day), *held("operator3", "bank4", at=NOW - day), *held("phone"))
    assert proofing_level.proved_at(PACKAGED, "citizen", pieces, NOW) == NOW - 9 * day
    fresher = (*pieces, *held("chip", at=NOW - 2 * day))
    assert proofing_level.proved_at(PACKAGED, "citizen", fresher, NOW) == NOW - 2 * day
    assert proofing_level.proved_at(PACKAGED, "citizen", held("self"), NOW) is None


def test_a_level_falls_when_what_it_rests_on_ends() -> None:
    soon = NOW + timedelta(days=10)
    pieces = (
        Evidence("register", NOW),
        Evidence("face", NOW, soon),
        Evidence("phone", NOW, NOW + timedelta(days=1)),
    )
    assert proofing_level.of(PACKAGED, "citizen", pieces, soon - timedelta(seconds=1)) == 3
    assert proofing_level.of(PACKAGED, "citizen", pieces, soon) == 2


def test_a_kind_without_ways_has_no_level() -> None:
    assert proofing_level.highest(PACKAGED, "nobody") == 0
    assert [proofing_level.highest(PACKAGED, kind) for kind in ("citizen", "enterprise", "official")] == [
        4,
        4,
        4,
    ]
