from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.errors import InvalidInput
from idp.mandates import rules_file, terms
from idp.mandates.terms import Terms

RULES = rules_file.get()
NOW = datetime(2026, 7, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("wished", "days"),
    [
        (Terms("handler"), 30),
        (Terms("handler", expires_at=NOW + 365 * DAY), 365),
        (Terms("handler", starts_at=NOW + 10 * DAY), 40),
        (Terms("handler", starts_at=NOW - 10 * DAY), 30),
        (Terms("handler", single_use=True), 1),
        (Terms("handler", single_use=True, expires_at=NOW + 300 * DAY), 1),
        (Terms("relative", expires_at=NOW + timedelta(hours=1)), 1 / 24),
        (Terms("agency", ("tax",)), 90),
        (Terms("ward_guardian"), 365),
    ],
)
def test_a_mandate_ends_when_the_role_says(wished: Terms, days: float) -> None:
    settled = terms.settle(wished, RULES, NOW)
    assert settled.expires_at == NOW + timedelta(days=days)
    assert settled.starts_at >= NOW


@pytest.mark.parametrize("role", ["representative", "administrator", "guardian"])
def test_some_roles_have_no_end_of_their_own(role: str) -> None:
    assert terms.settle(Terms(role), RULES, NOW).expires_at is None


@pytest.mark.parametrize(
    ("wished", "code"),
    [
        (Terms("handler", expires_at=NOW + 366 * DAY), "end_too_late"),
        (Terms("handler", expires_at=NOW), "end_too_early"),
        (Terms("handler", starts_at=NOW + 9 * DAY, expires_at=NOW + 8 * DAY), "end_too_early"),
        (Terms("agency"), "items_missing"),
        (Terms("administrator", ("tax",)), "items_not_for_role"),
        (Terms("administrator", single_use=True), "single_use_not_for_role"),
        (Terms("handler", ("phone",)), "item_personal"),
        (Terms("relative", ("face", "tax")), "item_personal"),
        (Terms("relative", ("proofing",)), "item_personal"),
        (Terms("handler", ("authenticators",)), "item_personal"),
        (Terms("handler", ("",)), "item_malformed"),
        (Terms("handler", ("two words",)), "item_malformed"),
        (Terms("handler", ("税务",)), "item_malformed"),
        (Terms("handler", ("x" * 65,)), "item_malformed"),
        (Terms("handler", tuple(f"item{number}" for number in range(51))), "items_too_many"),
    ],
)
def test_what_a_role_does_not_allow_is_refused(wished: Terms, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        terms.settle(wished, RULES, NOW)
    assert caught.value.code == code


@given(
    st.sampled_from(sorted(RULES.roles)),
    st.lists(st.text(max_size=70), max_size=3),
    st.none() | st.timedeltas(timedelta(days=-1000), timedelta(days=5000)),
    st.none() | st.timedeltas(timedelta(days=-1000), timedelta(days=5000)),
    st.booleans(),
)
def test_nothing_outlasts_its_role(
    role: str,
    items: list[str],
    start: timedelta | None,
    end: timedelta | None,
    single_use: bool,
) -> None:
    wished = Terms(
        role,
        tuple(items),
        NOW + start if start is not None else None,
        NOW + end if end is not None else None,
        single_use,
    )
    try:
        settled = terms.settle(wished, RULES, NOW)
    except InvalidInput:
        return
    longest = RULES.roles[role].longest_days
    if longest:
        assert settled.expires_at is not None
        assert settled.expires_at <= settled.starts_at + timedelta(days=longest)
    assert settled.expires_at is None or settled.expires_at > settled.starts_at
    assert not set(settled.items) & RULES.personal_acts
