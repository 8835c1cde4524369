"""Rights are a table: nothing by default, nothing outside the own division and below."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.operators import rights
from idp.operators.rights import ACTS, ADMINISTRATORS, Act, Posting, Role

PROVINCE = ("330000",)
CITY = ("330100", *PROVINCE)
COUNTY = ("330106", *CITY)
NEIGHBOUR = ("330105", *CITY)
ELSEWHERE = ("440106", "440100", "440000")


@st.composite
def trees(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Paths of any length: each division hangs below one that was there before, or is a top one."""
    paths: dict[str, tuple[str, ...]] = {}
    for number in range(draw(st.integers(1, 25))):
        above = draw(st.sampled_from([None, *paths]))
        paths[f"{number:06}"] = (f"{number:06}", *(paths[above] if above else ()))
    return paths


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Posting], Act, tuple[str, ...]]:
    """Some posts, an act, and where it is to be done."""
    paths = draw(trees())
    place = st.sampled_from(list(paths.values()))
    roles = st.frozensets(st.sampled_from([*Role, "mayor", ""]))
    return (
        draw(st.lists(st.builds(Posting, place, roles), max_size=4)),
        draw(st.sampled_from(Act)),
        draw(place),
    )


@given(situations())
def test_never_outside_the_divisions_of_a_post_that_allows_it(situation: Any) -> None:
    postings, act, path = situation
    able = [one for one in postings if any(act in ACTS[role] for role in Role if role in one.roles)]
    if rights.is_allowed(postings, act, path) and act not in rights.OF_THE_WHOLE:
        assert {one.path[0] for one in able} & set(path)
    if not able:
        assert not rights.is_allowed(postings, act, path)


@given(situations())
def test_what_holds_above_holds_below_and_one_more_post_takes_nothing_away(situation: Any) -> None:
    postings, act, path = situation
    if rights.is_allowed(postings, act, path):
        assert rights.is_allowed(postings, act, ("999999", *path))
        assert rights.is_allowed([*postings, Posting(COUNTY, frozenset())], act, path)
        assert act in rights.acts(postings)


@given(situations())
def test_levels_are_for_the_top_and_approval_comes_from_above(situation: Any) -> None:
    postings, act, path = situation
    if not rights.is_allowed(postings, act, path):
        return
    able = [one for one in postings if act in one.acts]
    if act in rights.OF_THE_WHOLE:
        assert any(len(one.path) == 1 for one in able)
    if act in rights.FROM_ABOVE and len(path) > 1:
        assert any(one.path[0] in path[1:] for one in able)


@given(situations())
def test_divisions_are_where_an_act_is_allowed(situation: Any) -> None:
    postings, act, path = situation
    if act not in rights.OF_THE_WHOLE | rights.FROM_ABOVE:
        assert rights.is_allowed(postings, act, path) == bool(rights.divisions(postings, act) & set(path))


@given(st.frozensets(st.sampled_from([*Role, "mayor"])))
def test_nobody_is_two_of_the_three_administrators(roles: frozenset[str]) -> None:
    assert bool(rights.clashing(roles)) == (len(ADMINISTRATORS & roles) > 1)


def test_every_role_has_its_row_and_every_act_somebody_who_may() -> None:
    assert set(ACTS) == set(Role)
    assert {act for acts in ACTS.values() for act in acts} == set(Act)


def test_no_post_no_role_and_no_place_allow_nothing() -> None:
    for act in Act:
        assert not rights.is_allowed([], act, COUNTY)
        assert not rights.is_allowed([Posting(COUNTY, frozenset())], act, COUNTY)
        assert not rights.is_allowed([Posting((), frozenset(Role))], act, COUNTY)
        assert act in rights.OF_THE_WHOLE or not rights.is_allowed(
            [Posting(COUNTY, frozenset(Role))], act, ()
        )
    assert rights.acts([Posting((), frozenset(Role))]) == frozenset()


@pytest.mark.parametrize(
    ("role", "home", "act", "path", "allowed"),
    [
        (Role.PROOFING_CLERK, COUNTY, Act.EXAMINE_CASE, COUNTY, True),
        (Role.PROOFING_CLERK, COUNTY, Act.EXAMINE_CASE, NEIGHBOUR, False),
        (Role.PROOFING_CLERK, COUNTY, Act.EXAMINE_CASE, CITY, False),
        (Role.PROOFING_CLERK, CITY, Act.EXAMINE_CASE, NEIGHBOUR, True),
        (Role.PROOFING_CLERK, COUNTY, Act.DECIDE_CASE, COUNTY, False),
        (Role.PROOFING_APPROVER, COUNTY, Act.DECIDE_CASE, COUNTY, True),
        (Role.PROOFING_APPROVER, COUNTY, Act.EXAMINE_CASE, COUNTY, False),
        (Role.PROOFING_APPROVER, PROVINCE, Act.DECIDE_CASE, ELSEWHERE, False),
        (Role.SECURITY_ADMINISTRATOR, PROVINCE, Act.PROPOSE_LEVELS, (), True),
        (Role.SECURITY_ADMINISTRATOR, COUNTY, Act.PROPOSE_LEVELS, COUNTY, False),
        (Role.SYSTEM_ADMINISTRATOR, PROVINCE, Act.PROPOSE_LEVELS, PROVINCE, False),
        (Role.SYSTEM_ADMINISTRATOR, COUNTY, Act.PROPOSE_OFFICIAL, COUNTY, True),
        (Role.SYSTEM_ADMINISTRATOR, COUNTY, Act.APPROVE_OFFICIAL, COUNTY, False),
        (Role.SYSTEM_ADMINISTRATOR, CITY, Act.APPROVE_OFFICIAL, COUNTY, True),
        (Role.SECURITY_ADMINISTRATOR, PROVINCE, Act.APPROVE_OFFICIAL, COUNTY, True),
        (Role.SECURITY_ADMINISTRATOR, PROVINCE, Act.APPROVE_OFFICIAL, PROVINCE, True),
        (Role.AUDIT_ADMINISTRATOR, PROVINCE, Act.SEE_RECORD, COUNTY, True),
        (Role.AUDIT_ADMINISTRATOR, PROVINCE, Act.END_OFFICIAL, COUNTY, False),
        (Role.SUPERVISOR, PROVINCE, Act.SEE_CASES, COUNTY, False),
        (Role.AGENCY_CLERK, COUNTY, Act.ASSIST, COUNTY, True),
        (Role.AGENCY_CLERK, COUNTY, Act.LOOK_UP_ACCOUNT, COUNTY, False),
        (Role.AGENCY_CLERK, COUNTY, Act.VOUCH_AT_POINT, COUNTY, True),
        (Role.AGENCY_CLERK, COUNTY, Act.EXAMINE_CASE, COUNTY, False),
    ],
)
def test_the_table(
    role: Role,
    home: tuple[str, ...],
    act: Act,
    path: tuple[str, ...],
    allowed: bool,
) -> None:
    assert rights.is_allowed([Posting(home, frozenset({role}))], act, path) is allowed
