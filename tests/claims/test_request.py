import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.claims import request
from idp.claims.request import ClaimsRequest, InvalidClaimsRequest

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def test_claims_are_asked_for_one_by_one_in_each_place() -> None:
    """OIDC Core §5.5, with its own example's shape."""
    asked = request.parse(
        json.dumps(
            {
                "userinfo": {"name": {"essential": True}, "locale": None},
                "id_token": {"auth_time": {"essential": True}, "sub": {"value": "248289761001"}},
                "unknown_member": {"x": 1},
            }
        )
    )
    assert asked.names == {"name", "locale", "auth_time", "sub"}
    assert asked.wanted_subjects() == {"248289761001"}


@pytest.mark.parametrize("text", [None, "", "{}", '{"userinfo": null}', '{"id_token": {}}'])
def test_nothing_asked_for_is_nothing(text: str | None) -> None:
    assert request.parse(text) == ClaimsRequest()


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        '"name"',
        "null",
        "7",
        '{"userinfo": []}',
        '{"id_token": "name"}',
        '{"userinfo": {"name": true}}',
        '{"userinfo": {"name": "x"}}',
        json.dumps({"userinfo": {f"c{number}": None for number in range(51)}}),
        "[" * 50_000,
        '{"userinfo": {"\\ud800": null}}',
        '{"id_token": {"sub": {"value": "\\udfff"}}}',
    ],
)
def test_what_is_no_claims_request_is_refused(text: str) -> None:
    with pytest.raises(InvalidClaimsRequest) as caught:
        request.parse(text)
    assert str(caught.value).isascii()


@pytest.mark.parametrize(
    ("condition", "subjects"),
    [
        ({"value": "a"}, {"a"}),
        ({"values": ["a", "b", 3]}, {"a", "b"}),
        ({"value": 3}, set()),
        ({"values": "a"}, set()),
        (None, set()),
    ],
)
def test_a_demanded_subject_is_read_whatever_its_form(condition: Any, subjects: set[str]) -> None:
    """OIDC Core §5.5.1."""
    assert request.parse(json.dumps({"id_token": {"sub": condition}})).wanted_subjects() == subjects


@settings(max_examples=50)
@given(st.text() | values.map(json.dumps))
def test_whatever_arrives_is_read_or_refused(text: str) -> None:
    with suppress(InvalidClaimsRequest):
        assert isinstance(request.parse(text), ClaimsRequest)


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(["userinfo", "id_token"]), st.dictionaries(st.text(), values, max_size=4))
)
def test_what_was_read_can_be_kept(value: dict[str, Any]) -> None:
    """It travels through the journey and the code into the grant, as JSON in UTF-8."""
    try:
        asked = request.parse(json.dumps(value))
    except InvalidClaimsRequest:
        return
    for place in (asked.userinfo, asked.id_token):
        kept = json.dumps(place, ensure_ascii=False, allow_nan=False).encode()
        assert json.loads(kept) == place


def test_conditions_are_kept_flat_so_that_nothing_deep_travels_on() -> None:
    deep = "[" * 400 + "]" * 400
    asked = request.parse(
        f'{{"userinfo": {{"name": {{"value": {deep}, "other": {deep}, "essential": true}}}}}}'
    )
    assert asked.userinfo == {"name": {"essential": True}}
