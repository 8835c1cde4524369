"""The anchor's table: read strictly, all of it or nothing."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.recognition import table
from idp.recognition.table import InvalidTable

ANCHOR = "https://anchor.example.cn"
NOW = 1_800_000_000


def claims() -> dict[str, Any]:
    return {
        "iss": ANCHOR,
        "iat": NOW - 10,
        "exp": NOW + 3600,
        "providers": [
            {
                "entity_id": "https://id.js.example.cn",
                "division_code": "320000",
                "names": {"zh-Hans": "江苏省", "en": "Jiangsu"},
                "levels": {"urn:x:low": 1, "urn:x:high": 3, "urn:x:other": 3, "urn:x:nothing": 0},
            }
        ],
        "identity_keys": [{"epoch": "2026-1", "sealed": {"https://id.js.example.cn": "a.b.c.d.e"}}],
    }


def read(value: dict[str, Any]) -> table.Table:
    return table.read(value, anchor=ANCHOR, now=NOW)


def test_levels_are_what_the_table_says_and_nothing_else_is_worth_anything() -> None:
    member = read(claims()).members["https://id.js.example.cn"]
    assert [member.level_of(acr) for acr in ("urn:x:low", "urn:x:high", "urn:x:nothing")] == [1, 3, 0]
    assert [member.level_of(acr) for acr in ("", "urn:x:unknown", None, 3, ["urn:x:high"])] == [0] * 5
    assert member.asked_for(2) == ("urn:x:high", "urn:x:other")
    assert member.asked_for(4) == ()
    assert (member.name("en"), member.name("zh_Hans")) == ("Jiangsu", "江苏省")


@given(st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.text()), st.binary()))
def test_an_unknown_level_is_worth_nothing(acr: object) -> None:
    member = read(claims()).members["https://id.js.example.cn"]
    assert member.level_of(acr) == 0


WRONG: list[tuple[str, Any]] = [
    ("iss", "https://other.example.cn"),
    ("iat", NOW + 3600),
    ("exp", NOW),
    ("exp", True),
    ("exp", "tomorrow"),
    ("iat", -1),
    ("providers", {}),
    ("providers", [1]),
    ("providers", None),
    ("providers.0.entity_id", ""),
    ("providers.0.entity_id", "x" * 300),
    ("providers.0.division_code", "32"),
    ("providers.0.division_code", 320000),
    ("providers.0.names", {"en": "Jiangsu"}),
    ("providers.0.names", {"zh-Hans": "江" * 101}),
    ("providers.0.names", {"zh-Hans": "江\u0000苏"}),
    ("providers.0.levels", []),
    ("providers.0.levels", {"a": 5}),
    ("providers.0.levels", {"a": -1}),
    ("providers.0.levels", {"a": True}),
    ("providers.0.levels", {"a": 1.0}),
    ("providers.0.levels", {"a b": 1}),
    ("providers.0.levels", {"": 1}),
    ("providers.0.levels", {f"a{n}": 1 for n in range(21)}),
    ("identity_keys", {}),
    ("identity_keys", [1]),
    ("identity_keys", [{"epoch": "e", "sealed": {}}] * 2),
    ("identity_keys", [{"epoch": f"e{n}", "sealed": {}} for n in range(5)]),
    ("identity_keys.0.epoch", "no good"),
    ("identity_keys.0.epoch", 7),
    ("identity_keys.0.sealed", []),
    ("identity_keys.0.sealed", {"https://id.js.example.cn": 7}),
    ("identity_keys.0.sealed", {"https://id.js.example.cn": "x" * 5000}),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_what_is_wrong_anywhere_refuses_all_of_it(path: str, value: Any) -> None:
    made = claims()
    place: Any = made
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    with pytest.raises(InvalidTable):
        read(made)


def test_one_provider_stands_there_once() -> None:
    made = claims()
    made["providers"].append(copy.deepcopy(made["providers"][0]))
    with pytest.raises(InvalidTable):
        read(made)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["iat", "exp", "providers", "identity_keys"]), JSON)
def test_nothing_that_can_be_signed_is_an_error_of_ours(name: str, value: Any) -> None:
    try:
        made = read(claims() | {name: value})
    except InvalidTable:
        return
    assert made.holds(NOW)
