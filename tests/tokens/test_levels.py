"""The levels that a grant carries."""

from hypothesis import given
from hypothesis import strategies as st

from idp.assurance import acr
from idp.tokens.levels import Levels

NAMES = st.sampled_from([*(acr.of(level) for level in range(5)), acr.ASSISTED])


@given(
    st.builds(
        Levels, acr=NAMES, ial=st.integers(0, 4), aal=st.integers(0, 3), asked=st.lists(NAMES).map(tuple)
    )
)
def test_they_come_back_from_their_row_as_they_were(levels: Levels) -> None:
    assert Levels.from_json(levels.to_json()) == levels


def test_a_grant_from_before_there_were_levels_has_the_lowest() -> None:
    assert Levels.from_json({}).claims() == {"acr": acr.of(0), "ial": 0, "aal": 0, "fal": 1}


def test_an_assisted_session_has_no_level_to_compare() -> None:
    assert Levels(acr=acr.ASSISTED, aal=2).level == 0
