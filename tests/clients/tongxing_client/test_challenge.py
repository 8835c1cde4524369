import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongxing_client import challenge
from tongxing_client.step_up import StepUp

L2, L3 = "urn:tongxing:loa:2", "urn:tongxing:loa:3"


@given(
    st.builds(
        StepUp,
        acr_values=st.sampled_from([(), (L3,), (L3, L2)]),
        max_age=st.none() | st.integers(0, 10**9 - 1),
    )
)
def test_what_a_resource_says_a_client_understands(missing: StepUp) -> None:
    """RFC 9470 §3."""
    assert challenge.read(challenge.make(missing)) == missing


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic realm=x",
        'Bearer error="invalid_token"',
        'Bearer error="insufficient_scope", acr_values="a"',
        "Bearer " + "x" * 100_000,
    ],
)
def test_other_challenges_are_not_for_us(header: str) -> None:
    assert challenge.read(header) is None


def test_a_nonsense_age_is_left_out() -> None:
    header = f'Bearer error="{challenge.ERROR}", max_age="soon", acr_values="{L3}"'
    assert challenge.read(header) == StepUp(acr_values=(L3,), max_age=None)


@pytest.mark.parametrize(
    ("token", "is_missing"),
    [
        ({"acr": L3, "auth_time": 900}, False),
        ({"acr": L2, "auth_time": 900}, True),
        ({"acr": L3, "auth_time": 100}, True),
        ({"acr": 3, "auth_time": "now"}, True),
        ({}, True),
    ],
)
def test_a_token_is_weighed(token: dict[str, object], *, is_missing: bool) -> None:
    """RFC 9470 §5, §6."""
    found = challenge.find_missing(token, needed_acr=[L3], max_age=300, now=1000)
    assert (found is not None) is is_missing
