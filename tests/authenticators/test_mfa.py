import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp import authenticators
from idp.authenticators import mfa

METHODS = st.lists(st.sampled_from(sorted(mfa.KINDS)), max_size=8)


@pytest.mark.parametrize(
    ("methods", "amr"),
    [
        ([], []),
        (["pwd"], ["pwd"]),
        (["otp", "pwd"], ["pwd", "otp", "mfa"]),
        (["sms", "pwd"], ["pwd", "sms", "mfa"]),
        (["pwd", "recovery_code"], ["pwd", "recovery_code", "mfa"]),
        (["otp", "sms"], ["otp", "sms"]),  # both are something one has
        (["mfa"], []),
        (["mfa", "pwd"], ["pwd"]),
        (["pwd", "pwd"], ["pwd"]),
        (["pwd", "qr"], ["pwd", "qr"]),  # the phone may have been let in by the same password
    ],
)
def test_two_factors_are_of_two_kinds(methods: list[str], amr: list[str]) -> None:
    assert mfa.amr(methods) == amr


@given(METHODS)
def test_mfa_is_said_exactly_when_it_is_true(methods: list[str]) -> None:
    amr = mfa.amr(methods)
    assert (
        (mfa.AMR in amr)
        == (len({mfa.KINDS[method] for method in methods if method not in mfa.SECOND_HAND}) > 1)
        == mfa.is_two_factors(methods)
    )
    assert set(amr) - {mfa.AMR} == set(methods)
    assert len(amr) == len(set(amr))


@given(METHODS, st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(methods: list[str], random: "st.Random") -> None:  # type: ignore[name-defined]
    shuffled = [*methods, *methods]
    random.shuffle(shuffled)
    assert mfa.amr(shuffled) == mfa.amr(methods) == mfa.amr(mfa.amr(methods))


@given(METHODS, METHODS)
def test_one_more_factor_takes_nothing_away(methods: list[str], more: list[str]) -> None:
    assert set(mfa.amr(methods)) <= set(mfa.amr([*methods, *more]))


@given(st.text())
def test_an_unknown_method_is_an_error(method: str) -> None:
    if method in mfa.KINDS or method == mfa.AMR:
        return
    with pytest.raises(ValueError, match="unknown"):
        mfa.amr([method])


def test_every_authenticator_says_its_value_and_kind() -> None:
    said = {module.AMR: module.KIND for module in authenticators.ALL}
    assert said == dict(mfa.KINDS)
    assert len(authenticators.ALL) == len(said)


@pytest.mark.parametrize(
    ("before", "shown", "together"),
    [
        (["hwk"], ["swk", "user"], ["swk", "user", "mfa"]),
        (["swk"], ["hwk", "user"], ["hwk", "user", "mfa"]),
        (["hwk", "user", "mfa"], ["swk"], ["hwk", "user", "mfa"]),
        (["pwd", "hwk", "mfa"], ["swk", "user"], ["pwd", "swk", "user", "mfa"]),
        (["hwk"], ["swk"], ["hwk", "swk"]),
        (["hwk"], ["hwk", "user"], ["hwk", "user", "mfa"]),
        (["swk", "user", "mfa"], ["otp"], ["otp", "swk", "user", "mfa"]),
    ],
)
def test_a_keys_own_check_stays_with_that_key(
    before: list[str], shown: list[str], together: list[str]
) -> None:
    """NIST SP 800-63B: one authenticator activated by a factor, not the one beside the other's activation."""
    assert mfa.amr(mfa.joined(before, shown)) == together
