"""What a site gets for the levels it asks: the published rule (domain §2, docs/levels.md)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.assurance import acr, requested_level, session_level
from idp.assurance.policy import Policy
from idp.assurance.requested_level import Asked, Decision, Outcome, Standing
from tests.assurance import worlds
from tests.assurance.worlds import PACKAGED

L0, L1, L2, L3, L4 = acr.NAMES
OTHER = "urn:example:other"
# Proven to P3, logged in with a password, an authenticator app at home.
STANDING = Standing(
    proofing=3, authenticator=1, enrolled=2, provable=4, just_authenticated=False, assisted=False
)


def decide(*values: str, floor: int = 0, standing: Standing = STANDING, **asked: object) -> Decision:
    return requested_level.decide(PACKAGED, Asked(values, floor=floor, **asked), standing)  # type: ignore[arg-type] # tests


def test_nothing_asked_is_answered_with_the_sessions_own_level() -> None:
    assert decide() == Decision(Outcome.SATISFIED, L2, 2)


def test_the_first_listed_value_that_the_session_satisfies_is_the_answer() -> None:
    assert decide(L1) == Decision(Outcome.SATISFIED, L1, 1)
    assert decide(L3, L1, L2) == Decision(Outcome.SATISFIED, L1, 1)
    assert decide(OTHER, L2) == Decision(Outcome.SATISFIED, L2, 2)


def test_else_the_first_one_that_a_login_reaches() -> None:
    assert decide(L3) == Decision(Outcome.AUTHENTICATE, L3, 3)
    assert decide(L4, L3) == Decision(Outcome.AUTHENTICATE, L3, 3)


def test_else_the_first_one_that_proofing_reaches() -> None:
    unproven = replace(STANDING, proofing=1)
    assert decide(L3, L2, standing=unproven) == Decision(Outcome.RAISE, L3, 3)
    modest = replace(unproven, provable=2)
    assert decide(L3, L2, standing=modest) == Decision(Outcome.RAISE, L2, 2)


def test_a_missing_authenticator_is_raised_too() -> None:
    assert decide(L3, standing=replace(STANDING, enrolled=1)).outcome is Outcome.RAISE


@pytest.mark.parametrize("values", [(OTHER,), (OTHER, ""), (acr.ASSISTED,), (OTHER, acr.ASSISTED)])
def test_nothing_supported_in_the_list_is_unmet(values: tuple[str, ...]) -> None:
    assert decide(*values).outcome is Outcome.UNMET


def test_what_nobody_of_that_kind_can_reach_is_unmet() -> None:
    assert decide(L4, standing=replace(STANDING, provable=3)).outcome is Outcome.UNMET
    narrow = replace(PACKAGED, caps=(0, 2, 3, 3))
    assert requested_level.decide(narrow, Asked((L4,)), STANDING).outcome is Outcome.UNMET


def test_an_essential_acr_goes_before_acr_values() -> None:
    assert decide(L1, essential=(L3,)) == Decision(Outcome.AUTHENTICATE, L3, 3)
    assert decide(L3, essential=(L2,)) == Decision(Outcome.SATISFIED, L2, 2)
    assert decide(L3, essential=()) == Decision(Outcome.SATISFIED, L2, 2)
    assert decide(L1, essential=(OTHER,)).outcome is Outcome.UNMET


def test_a_floor_raises_what_is_wanted_and_never_what_is_answered() -> None:
    assert decide(L1, floor=2) == Decision(Outcome.SATISFIED, L1, 1)
    assert decide(L1, floor=3) == Decision(Outcome.AUTHENTICATE, L1, 3)
    assert decide(floor=3) == Decision(Outcome.AUTHENTICATE, L3, 3)
    assert decide(floor=4) == Decision(Outcome.RAISE, L4, 4)
    assert decide(L2, floor=4, standing=replace(STANDING, provable=3)).outcome is Outcome.UNMET


def test_level_four_is_never_answered_from_single_sign_on() -> None:
    best = Standing(4, 3, 3, 4, just_authenticated=True, assisted=False)
    single_sign_on = replace(best, just_authenticated=False)
    assert decide(L4, standing=best) == Decision(Outcome.SATISFIED, L4, 4)
    assert decide(L4, standing=single_sign_on) == Decision(Outcome.AUTHENTICATE, L4, 4)
    assert decide(L4, L3, standing=single_sign_on) == Decision(Outcome.SATISFIED, L3, 3)
    assert decide(standing=single_sign_on) == Decision(Outcome.SATISFIED, L3, 3)
    # What it logged in with was removed meanwhile.
    assert decide(L4, standing=replace(single_sign_on, enrolled=1)).outcome is Outcome.RAISE


def test_proof_older_than_asked_is_renewed_and_never_passed_over() -> None:
    nothing_fresh = replace(STANDING, proofing=0)
    assert decide(standing=nothing_fresh, fresh_proof=False) == Decision(Outcome.RAISE, L1, 1)
    assert decide(L2, standing=nothing_fresh, fresh_proof=False) == Decision(Outcome.RAISE, L2, 2)
    # What is fresh gives a level of its own, and the answer says that one.
    a_fresh_phone = replace(STANDING, proofing=1)
    assert decide(standing=a_fresh_phone, fresh_proof=False) == Decision(Outcome.SATISFIED, L1, 1)


def test_an_assisted_session_answers_only_who_named_it() -> None:
    assisted = Standing(3, 3, 3, 4, just_authenticated=True, assisted=True)
    assert decide(L2, acr.ASSISTED, standing=assisted) == Decision(Outcome.SATISFIED, acr.ASSISTED, 3)
    for values in ((), (L0,), (L1, L2), (OTHER,)):
        assert decide(*values, standing=assisted).outcome is Outcome.UNMET
    assert decide(acr.ASSISTED, floor=4, standing=assisted).outcome is Outcome.UNMET


@given(worlds.policies(), worlds.requests(), worlds.standings())
def test_nothing_is_ever_lowered_silently(policy: Policy, asked: Asked, standing: Standing) -> None:
    decision = requested_level.decide(policy, asked, standing)
    listed = asked.acr_values if asked.essential is None else asked.essential
    own = session_level.of(policy, standing.proofing, standing.authenticator)
    if decision.outcome is Outcome.SATISFIED:
        assert own >= asked.floor
        assert not listed or decision.acr in listed
        answered = acr.find(decision.acr)
        if answered is None:
            assert standing.assisted
        else:
            assert not standing.assisted
            assert answered <= min(standing.proofing, policy.caps[standing.authenticator])
            assert answered < policy.fresh_from or standing.just_authenticated
    elif decision.outcome is Outcome.AUTHENTICATE:
        assert asked.floor <= decision.wanted <= min(standing.proofing, policy.caps[standing.enrolled])
    elif decision.outcome is Outcome.RAISE:
        assert asked.floor <= decision.wanted <= standing.provable
        assert decision.wanted <= max(policy.caps)


@given(worlds.policies(), worlds.requests(), worlds.standings(), st.integers(0, 4), st.integers(0, 3))
def test_more_of_anything_never_makes_it_worse(
    policy: Policy, asked: Asked, standing: Standing, proofing: int, authenticator: int
) -> None:
    better = replace(
        standing,
        proofing=max(standing.proofing, proofing),
        provable=max(standing.provable, proofing),
        authenticator=max(standing.authenticator, authenticator),
        enrolled=max(standing.enrolled, authenticator),
        just_authenticated=True,
    )
    order = (Outcome.UNMET, Outcome.RAISE, Outcome.AUTHENTICATE, Outcome.SATISFIED)
    before, after = (
        order.index(requested_level.decide(policy, asked, one).outcome) for one in (standing, better)
    )
    assert before <= after


@given(worlds.policies(), worlds.requests(), worlds.standings())
def test_doing_what_is_wanted_satisfies(policy: Policy, asked: Asked, standing: Standing) -> None:
    """A journey that follows the decision ends: no circle of demands."""
    for _step in range(3):
        decision = requested_level.decide(policy, asked, standing)
        if decision.outcome in (Outcome.SATISFIED, Outcome.UNMET):
            return
        if decision.outcome is Outcome.RAISE:
            least = session_level.authenticator_for(policy, decision.wanted)
            standing = replace(
                standing,
                proofing=max(standing.proofing, decision.wanted),
                enrolled=max(standing.enrolled, least),
            )
        else:
            standing = replace(standing, authenticator=standing.enrolled, just_authenticated=True)
    assert requested_level.decide(policy, asked, standing).outcome is Outcome.SATISFIED
