"""``authorization_details`` (RFC 9396): what can be asked of a mandate, and what is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.journey.authorization_details import (
    TYPE,
    InvalidAuthorizationDetails,
    MandateDetails,
    parse,
)

REGISTERED = (TYPE,)


def test_nothing_asked_is_nothing() -> None:
    assert parse(None, ()) is None
    assert parse("", REGISTERED) is None


def test_roles_items_and_level_are_read() -> None:
    text = json.dumps(
        [
            {
                "type": TYPE,
                "roles": ["handler", "handler"],
                "item_codes": ["a", "b"],
                "acr": "urn:tongxing:loa:3",
            }
        ]
    )
    assert parse(text, REGISTERED) == MandateDetails(("handler",), ("a", "b"), 3)
    assert parse(json.dumps([{"type": TYPE}]), REGISTERED) == MandateDetails()


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        [1],
        [{"type": "urn:other"}],
        [{}],
        [{"type": TYPE}, {"type": TYPE}],
        [{"type": TYPE, "locations": ["https://a.example"]}],
        [{"type": TYPE, "roles": "handler"}],
        [{"type": TYPE, "roles": ["emperor"]}],
        [{"type": TYPE, "item_codes": [""]}],
        [{"type": TYPE, "item_codes": ["x" * 65]}],
        [{"type": TYPE, "item_codes": ["事项"]}],
        [{"type": TYPE, "item_codes": [str(number) for number in range(21)]}],
        [{"type": TYPE, "acr": 3}],
        [{"type": TYPE, "acr": "urn:tongxing:loa:9"}],
    ],
)
def test_what_is_not_understood_is_refused(value: Any) -> None:
    """§5: to ignore a limit would give more than was asked."""
    with pytest.raises(InvalidAuthorizationDetails):
        parse(json.dumps(value), REGISTERED)


@pytest.mark.parametrize("text", ["nonsense", "[" * 5000, '[{"type": "' + "x" * 5000 + '"}]', "\ud800"])
def test_hostile_texts_are_refused(text: str) -> None:
    with pytest.raises(InvalidAuthorizationDetails):
        parse(text, REGISTERED)


def test_a_type_that_is_not_registered_is_refused() -> None:
    with pytest.raises(InvalidAuthorizationDetails):
        parse(json.dumps([{"type": TYPE}]), ())


VALUES = st.recursive(st.none() | st.text() | st.integers(), st.lists, max_leaves=9).map(json.dumps)


@given(st.text(max_size=200) | VALUES)
def test_no_text_makes_it_stumble(text: str) -> None:
    reason = ""
    try:
        parse(text, REGISTERED)
    except InvalidAuthorizationDetails as error:
        reason = str(error)
    assert reason.isascii()
