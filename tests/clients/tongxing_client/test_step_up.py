import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxing_client import step_up

L = "urn:tongxing:loa:"


@pytest.mark.parametrize(
    ("acr", "acceptable", "is_enough"),
    [
        (f"{L}3", [f"{L}2"], True),
        (f"{L}2", [f"{L}2"], True),
        (f"{L}1", [f"{L}2"], False),
        (f"{L}1", [f"{L}2", f"{L}1"], True),
        (None, [f"{L}0"], False),
        (f"{L}assisted", [f"{L}0"], False),
        (f"{L}assisted", [f"{L}assisted"], True),
        (f"{L}4", [f"{L}assisted"], False),
        ("https://refeds.org/profile/mfa", ["https://refeds.org/profile/mfa"], True),
        (f"{L}33", [f"{L}2"], False),
        (f"{L}٣", [f"{L}2"], False),
    ],
)
def test_levels_are_ordered_and_nothing_else_is(
    acr: str | None, acceptable: list[str], *, is_enough: bool
) -> None:
    assert step_up.satisfies(acr, acceptable) is is_enough


@given(held=st.integers(0, 4), needed=st.integers(0, 4))
def test_a_higher_level_satisfies_a_lower_one(held: int, needed: int) -> None:
    assert step_up.satisfies(f"{L}{held}", [f"{L}{needed}"]) is (held >= needed)


def test_nothing_is_missing_when_nothing_is_needed() -> None:
    assert step_up.find_missing(acr=None, auth_time=None, now=1000) is None


@given(auth_time=st.integers(0, 2000), max_age=st.integers(0, 500))
def test_age_is_judged_with_leeway(auth_time: int, max_age: int) -> None:
    missing = step_up.find_missing(acr=None, auth_time=auth_time, max_age=max_age, now=1000, leeway=30)
    assert (missing is None) is (1000 - auth_time <= max_age + 30)


def test_what_is_missing_is_asked_for_whole() -> None:
    both = step_up.StepUp(acr_values=(f"{L}3",), max_age=300)
    assert both == step_up.find_missing(
        acr=f"{L}2", auth_time=990, needed_acr=[f"{L}3"], max_age=300, now=1000
    )
    assert both == step_up.find_missing(acr=f"{L}3", auth_time=1, needed_acr=[f"{L}3"], max_age=300, now=1000)
    assert step_up.find_missing(acr=None, auth_time=None, max_age=5, now=1000) == step_up.StepUp(max_age=5)
