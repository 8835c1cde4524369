"""The journey's only decision, held to what OpenID Connect Core §3.1.2 demands, for every combination of facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.journey.next_step import Facts, Next, Step, needs_sign_in, next_step

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
STARTED = NOW - timedelta(seconds=30)
NOBODY = Facts(now=NOW, started_at=STARTED, auth_time=None)
EARLIER = replace(NOBODY, auth_time=NOW - timedelta(hours=1))
JUST_NOW = replace(NOBODY, auth_time=NOW - timedelta(seconds=5))

moments = st.none() | st.integers(0, 100_000).map(lambda seconds: NOW - timedelta(seconds=seconds))
prompts = st.frozensets(st.sampled_from(["none", "login", "consent", "select_account"])).filter(
    lambda values: "none" not in values or len(values) == 1
)
facts = st.builds(
    Facts,
    now=st.just(NOW),
    started_at=st.just(STARTED),
    auth_time=moments,
    prompt=prompts,
    max_age=st.none() | st.integers(0, 100_000),
    denied=st.booleans(),
    first_factor_done=st.booleans(),
    account_chosen=st.booleans(),
    hint_matches=st.booleans(),
    consent_needed=st.booleans(),
    grant_known=st.booleans(),
)


def prompt(facts: Facts, *values: str) -> Facts:
    return replace(facts, prompt=frozenset(values))


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (NOBODY, Step.SIGN_IN),
        (EARLIER, Step.ANSWER),
        (JUST_NOW, Step.ANSWER),
        (replace(EARLIER, consent_needed=True), Step.CONSENT),
        (replace(NOBODY, consent_needed=True), Step.SIGN_IN),
        (replace(NOBODY, grant_known=False), Step.SIGN_IN),
        (replace(NOBODY, first_factor_done=True), Step.SECOND_FACTOR),
        (prompt(EARLIER, "login"), Step.SIGN_IN),
        (prompt(JUST_NOW, "login"), Step.ANSWER),
        (replace(EARLIER, max_age=600), Step.SIGN_IN),
        (replace(EARLIER, max_age=7200), Step.ANSWER),
        (replace(EARLIER, max_age=0), Step.SIGN_IN),
        (replace(JUST_NOW, max_age=0), Step.ANSWER),
        (prompt(EARLIER, "select_account"), Step.CHOOSE_ACCOUNT),
        (replace(prompt(EARLIER, "select_account"), account_chosen=True), Step.ANSWER),
        (prompt(JUST_NOW, "select_account"), Step.ANSWER),
        (prompt(NOBODY, "select_account"), Step.SIGN_IN),
        (prompt(EARLIER, "login", "select_account"), Step.SIGN_IN),
        (replace(EARLIER, hint_matches=False), Step.SIGN_IN),
        (replace(EARLIER, hint_matches=False, consent_needed=True), Step.SIGN_IN),
        (replace(prompt(EARLIER, "login", "consent"), consent_needed=True), Step.SIGN_IN),
    ],
)
def test_the_step_that_is_due(facts: Facts, step: Step) -> None:
    assert next_step(facts) == Next(step)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        (NOBODY, "login_required"),
        (replace(EARLIER, max_age=600), "login_required"),
        (replace(EARLIER, hint_matches=False), "login_required"),
        (replace(EARLIER, consent_needed=True), "consent_required"),
        (replace(NOBODY, first_factor_done=True), "login_required"),
    ],
)
def test_a_silent_request_that_needs_the_person_is_refused_with_the_reason(facts: Facts, error: str) -> None:
    """OIDC Core §3.1.2.6."""
    assert next_step(prompt(facts, "none")) == Next(Step.REFUSE, error)


def test_somebody_else_than_the_one_hinted_at_is_refused_after_a_login() -> None:
    """OIDC Core §3.1.2.2: the answer must be about the hinted person, else an error."""
    assert next_step(replace(JUST_NOW, hint_matches=False)) == Next(Step.REFUSE, "login_required")


def test_nobody_is_asked_to_agree_for_a_grant_that_is_not_theirs() -> None:
    """Grant Management for OAuth 2.0 §5.4."""
    unknown = replace(EARLIER, grant_known=False, consent_needed=True)
    assert next_step(unknown) == next_step(prompt(unknown, "none")) == Next(Step.REFUSE, "invalid_grant_id")


@given(facts)
def test_who_declines_gets_access_denied_whatever_else_holds(facts: Facts) -> None:
    assert next_step(replace(facts, denied=True)) == Next(Step.REFUSE, "access_denied")


@given(facts)
def test_a_silent_request_never_shows_a_page(facts: Facts) -> None:
    """OIDC Core §3.1.2.1: prompt=none must not display any user interface."""
    assert next_step(prompt(facts, "none")).step in {Step.ANSWER, Step.REFUSE}


@given(facts)
def test_an_answer_is_about_somebody_who_met_every_demand(facts: Facts) -> None:
    if next_step(facts).step is not Step.ANSWER:
        return
    assert facts.auth_time is not None
    fresh = facts.auth_time >= facts.started_at
    assert fresh or "login" not in facts.prompt
    assert fresh or facts.max_age is None or facts.now - facts.auth_time <= timedelta(seconds=facts.max_age)
    assert fresh or facts.account_chosen or "select_account" not in facts.prompt
    assert facts.hint_matches
    assert facts.grant_known
    assert not facts.consent_needed
    assert not facts.denied


@given(facts)
def test_only_a_refusal_carries_an_error(facts: Facts) -> None:
    due = next_step(facts)
    assert bool(due.error) == (due.step is Step.REFUSE)


@given(facts)
def test_a_login_made_during_the_journey_is_never_asked_for_again(facts: Facts) -> None:
    assert not needs_sign_in(replace(facts, auth_time=facts.started_at))
