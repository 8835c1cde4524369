"""The level of a session: min(P, cap of A)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.assurance import session_level
from idp.assurance.policy import AUTHENTICATOR_LEVELS, LEVELS, Policy
from tests.assurance import worlds
from tests.assurance.worlds import PACKAGED

P, A = st.sampled_from(LEVELS), st.sampled_from(AUTHENTICATOR_LEVELS)


@given(worlds.policies(), P, A)
def test_never_above_proofing_nor_the_cap(policy: Policy, proofing: int, authenticator: int) -> None:
    level = session_level.of(policy, proofing, authenticator)
    assert level == min(proofing, policy.caps[authenticator])


@given(worlds.policies(), P, P, A, A)
def test_monotone_in_both(
    policy: Policy, proofing: int, more: int, authenticator: int, stronger: int
) -> None:
    low, high = sorted((proofing, more))
    weak, strong = sorted((authenticator, stronger))
    assert session_level.of(policy, low, weak) <= session_level.of(policy, high, strong)


@given(worlds.policies(), P)
def test_the_least_authenticator_for_a_level(policy: Policy, level: int) -> None:
    if max(policy.caps) < level:
        with pytest.raises(ValueError, match="no authenticator"):
            session_level.authenticator_for(policy, level)
        return
    least = session_level.authenticator_for(policy, level)
    assert policy.caps[least] >= level
    assert all(policy.caps[lower] < level for lower in range(least))


def test_the_caps_of_the_domain() -> None:
    assert PACKAGED.caps == (0, 2, 3, 4)
    assert [session_level.authenticator_for(PACKAGED, level) for level in LEVELS] == [0, 1, 1, 2, 3]
