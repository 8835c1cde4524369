from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.consent.decision import (
    STATUTORY_DUTY,
    Asked,
    Decision,
    Given,
    Reason,
    allowed,
    decide,
    declined,
    difference,
    is_withheld,
    unticked_acts,
    without_withheld,
)

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
        (ASKED, replace(GIVEN, was_given=False), Reason.FIRST),
        (ASKED, replace(GIVEN, expires_at=NOW, of_age_at=NOW), Reason.CAME_OF_AGE),
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


REST = timedelta(days=30)


def test_who_is_surely_this_person_again_is_asked_about_what_was_said_before() -> None:
    said = replace(GIVEN, given_at=NOW - timedelta(1))
    assert decide(ASKED, said, NOW, reverified_at=NOW - timedelta(2)).reason is None
    assert decide(ASKED, said, NOW, reverified_at=NOW).reason is Reason.RE_VERIFIED


@pytest.mark.parametrize(
    ("refused", "since", "rests"),
    [
        ({"phone_number"}, timedelta(29), True),
        ({"phone_number", "gender"}, timedelta(29), True),
        ({"phone_number"}, timedelta(30), False),
        ({"gender"}, timedelta(1), False),
    ],
)
def test_a_refusal_rests_for_what_was_refused(refused: set[str], since: timedelta, *, rests: bool) -> None:
    """Domain §5.6: another thing may be asked for, not the refused one beside it."""
    no = replace(GIVEN, seen=frozenset(), refused_at=NOW - since, refused_items=frozenset(refused))
    made = decide(ASKED, no, NOW, rest=REST)
    assert made.reason is Reason.NEW_ITEMS
    assert (made.refused_at is not None) == rests


@given(asked, st.none() | given_before)
def test_what_is_new_and_what_is_known_are_all_that_is_asked(asked: Asked, given: Given | None) -> None:
    changed = difference(asked, given)
    assert not changed.new_items & changed.known_items
    assert changed.new_items | changed.known_items <= asked.to_allow
    made = decide(asked, given, NOW)
    if made.reason is Reason.NEW_ITEMS:
        assert changed.new_items
    if made.reason is None and given is not None and asked.to_allow:
        assert not changed.new_items


@given(asked, names, names)
def test_a_sensitive_item_is_allowed_only_by_its_own_box(
    asked: Asked, sensitive: frozenset[str], ticked: frozenset[str]
) -> None:
    """PIPL art. 29: needed or not."""
    strict = replace(asked, sensitive=sensitive)
    items = allowed(strict, ticked)
    assert items & sensitive <= ticked
    assert unticked_acts(strict, ticked) == (strict.required & sensitive) - ticked


def test_what_the_person_took_back_nobody_else_is_asked_about() -> None:
    taken = replace(GIVEN, withheld_items=frozenset({"phone_number"}))
    assert not is_withheld(ASKED, taken)
    assert without_withheld(ASKED, taken).optional == frozenset()
    assert is_withheld(ASKED, replace(GIVEN, withheld_items=frozenset({"name"})))
    assert is_withheld(ASKED, replace(GIVEN, withdrawn=True, withheld=True))
    assert without_withheld(ASKED, None) == ASKED
    assert not is_withheld(ASKED, None)


def test_an_item_by_law_beside_one_by_consent() -> None:
    mixed = replace(ASKED, by_law=frozenset({"name"}), legal_basis=STATUTORY_DUTY)
    assert decide(mixed, None, NOW).reason is Reason.FIRST
    agreed = replace(GIVEN, items=frozenset(), seen=frozenset({"phone_number"}))
    assert decide(mixed, agreed, NOW) == Decision(None, frozenset({"name"}))
    assert decide(replace(mixed, optional=frozenset()), None, NOW) == Decision(None, frozenset({"name"}))


def test_what_was_declined_is_what_was_refused_taken_back_or_left_out() -> None:
    assert declined(None) == frozenset()
    assert declined(GIVEN) == {"phone_number"}
    assert declined(replace(GIVEN, withdrawn=True)) == {"name", "phone_number"}
    assert declined(replace(GIVEN, refused_items=frozenset({"gender"}))) == {"phone_number", "gender"}
    taken = replace(GIVEN, seen=GIVEN.items, withheld_items=frozenset({"locale"}))
    assert declined(taken) == {"locale"}
