from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.consent.decision import STATUTORY_DUTY, Asked, Decision, Given, Reason, allowed, decide

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
ASKED = Asked(frozenset({"name"}), frozenset({"phone_number"}), "purpose", "consent")
GIVEN = Given(
    items=frozenset({"name"}),
    seen=frozenset({"name", "phone_number"}),
    purpose="purpose",
    expires_at=NOW + timedelta(days=1),
    withdrawn=False,
)
NOTHING_ASKED = Asked(frozenset(), frozenset(), "purpose", "consent")

names = st.frozensets(st.sampled_from(["name", "locale", "phone_number", "offline_access"]))
asked = st.builds(
    Asked,
    names,
    names,
    st.sampled_from(["one", "other"]),
    st.sampled_from(["consent", STATUTORY_DUTY]),
    st.booleans(),
)
given_before = st.builds(
    Given,
    items=names,
    seen=names,
    purpose=st.sampled_from(["one", "other"]),
    expires_at=st.sampled_from([NOW - timedelta(1), NOW, NOW + timedelta(1)]),
    withdrawn=st.booleans(),
)


@pytest.mark.parametrize(
    ("asked", "given", "reason"),
    [
        (ASKED, None, Reason.FIRST),
        (ASKED, GIVEN, None),
        (ASKED, replace(GIVEN, withdrawn=True), Reason.WITHDRAWN),
        (ASKED, replace(GIVEN, expires_at=NOW), Reason.EXPIRED),
        (ASKED, replace(GIVEN, purpose="another"), Reason.NEW_PURPOSE),
        (ASKED, replace(GIVEN, items=frozenset()), Reason.NEW_ITEMS),
        (ASKED, replace(GIVEN, seen=frozenset({"name"})), Reason.NEW_ITEMS),
        (replace(ASKED, insisted=True), GIVEN, Reason.INSISTED),
        (NOTHING_ASKED, None, Reason.FIRST),
        (NOTHING_ASKED, GIVEN, None),
        (NOTHING_ASKED, replace(GIVEN, withdrawn=True), Reason.FIRST),
    ],
)
def test_a_person_is_asked_only_for_a_reason(
    asked: Asked, given: Given | None, reason: Reason | None
) -> None:
    assert decide(asked, given, NOW).reason is reason


@given(asked, st.none() | given_before)
def test_a_statutory_basis_asks_nothing_and_releases_what_was_asked(
    asked: Asked, given: Given | None
) -> None:
    """PIPL art. 13 (2)-(7)."""
    statutory = replace(asked, legal_basis=STATUTORY_DUTY, by_law=asked.items)
    assert decide(statutory, given, NOW) == Decision(None, statutory.items)


@given(asked, st.none() | given_before)
def test_without_a_question_only_what_was_allowed_before_is_released(
    asked: Asked, given: Given | None
) -> None:
    consent = replace(asked, legal_basis="consent")
    made = decide(consent, given, NOW)
    if made.reason is not None:
        assert made.items == frozenset()
    else:
        assert given is not None
        assert made.items == consent.items & given.items
        assert consent.required <= made.items or not consent.items
        assert not consent.insisted


@given(asked, st.lists(st.text() | st.sampled_from(["name", "phone_number"])))
def test_an_agreement_holds_required_items_and_nothing_that_was_not_asked(
    asked: Asked, ticked: list[str]
) -> None:
    """PIPL art. 6, 16: optional ones are the person's choice, a forged box adds nothing."""
    items = allowed(asked, ticked)
    assert asked.required <= items <= asked.items
    assert items - asked.required <= set(ticked)
