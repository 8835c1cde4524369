import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.claims import template, verified_request
from idp.claims.template import Unmet
from idp.claims.verified_request import Malformed

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
DATA: dict[str, Any] = {
    "trust_framework": "cn",
    "time": "2026-02-28T12:00:00Z",
    "evidence": [
        {"type": "document", "document_details": {"type": "idcard", "date_of_expiry": "2030-01-01"}},
        {
            "type": "electronic_record",
            "record": {"type": "bank_account", "source": {"name": "Bank"}},
            "check_details": [{"check_method": "data"}, {"check_method": "kbv"}],
        },
    ],
}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (None, {"trust_framework": "cn"}),
        ({"trust_framework": None}, {"trust_framework": "cn"}),
        ({"time": None}, {"trust_framework": "cn", "time": "2026-02-28T12:00:00Z"}),
        ({"nothing": None}, {"trust_framework": "cn"}),
        ({"nothing": {"essential": True}}, {"trust_framework": "cn"}),
        ({"trust_framework": {"value": "cn"}}, {"trust_framework": "cn"}),
        ({"trust_framework": {"values": ["de_aml", "cn"]}}, {"trust_framework": "cn"}),
        ({"time": {"max_age": 86400}}, {"trust_framework": "cn", "time": "2026-02-28T12:00:00Z"}),
        (
            {"evidence": [{"type": {"value": "document"}}]},
            {"trust_framework": "cn", "evidence": [{"type": "document"}]},
        ),
        (
            {"evidence": [{"type": {"value": "document"}, "document_details": None}]},
            {
                "trust_framework": "cn",
                "evidence": [{"type": "document", "document_details": {"type": "idcard"}}],
            },
        ),
        (
            {
                "evidence": [
                    {
                        "type": {"value": "electronic_record"},
                        "check_details": [{"check_method": {"value": "kbv"}}],
                    },
                    {"type": {"value": "vouch"}},
                ]
            },
            {
                "trust_framework": "cn",
                "evidence": [{"type": "electronic_record", "check_details": [{"check_method": "kbv"}]}],
            },
        ),
        (
            {"evidence": None},
            {"trust_framework": "cn", "evidence": [{"type": "document"}, {"type": "electronic_record"}]},
        ),
    ],
)
def test_what_is_asked_for_is_chosen_and_nothing_else(wanted: Any, expected: dict[str, Any]) -> None:
    assert template.choose(wanted, DATA, NOW) == expected


@pytest.mark.parametrize(
    "wanted",
    [
        {"trust_framework": {"value": "de_aml"}},
        {"trust_framework": {"values": ["de_aml", "eidas"]}},
        {"trust_framework": [{"value": "cn"}]},
        {"time": {"max_age": 86399}},
        {"trust_framework": {"max_age": 1}},
        {"nothing": {"value": "x"}},
        {"nothing": {"deeper": [{"still": {"max_age": 1}}]}},
        {"evidence": [{"type": {"value": "vouch"}}]},
        {"evidence": [{"type": {"value": "document"}, "document_details": {"value": "idcard"}}]},
        {"evidence": {"value": "document"}},
        {"evidence": [{"type": {"value": "document"}, "document_details": {"type": {"value": "passport"}}}]},
        {"evidence": [{"type": {"value": "document"}, "document_details": [{"type": None}]}]},
        {
            "evidence": [
                {
                    "type": {"value": "electronic_record"},
                    "check_details": [{"check_method": {"value": "bvr"}}],
                }
            ]
        },
    ],
)
def test_a_demand_that_does_not_hold_fails_the_whole(wanted: Any) -> None:
    with pytest.raises(Unmet):
        template.choose(wanted, DATA, NOW)


@pytest.mark.parametrize(
    ("value", "seconds", "young"),
    [
        ("2026-03-01T12:00:00Z", 0, True),
        ("2026-03-01T20:00:00+08:00", 0, True),
        ("2026-03-01T11:59:59Z", 0, False),
        ("2026-02-28", 43201, True),  # from the day's last second
        ("2026-02-28", 43200, False),
        ("2026-03-02", 0, True),
        ("2026-03-01T12:00:00", 10**9, False),  # of no zone: nobody knows how old
        ("soon", 10**9, False),
        (True, 10**9, False),
        (None, 10**9, False),
    ],
)
def test_age_counts_from_the_last_second(value: Any, seconds: int, young: bool) -> None:
    assert template.meets({"max_age": seconds}, value, NOW) is young


def test_one_is_not_true() -> None:
    assert not template.meets({"value": 1}, True, NOW)
    assert not template.meets({"values": [0, "True"]}, True, NOW)
    assert template.meets({"value": True}, True, NOW)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*DATA, "type", "value"]), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*DATA, "x"]), json_values))
def test_whatever_is_asked_the_answer_is_part_of_the_data(wanted: dict[str, Any]) -> None:
    try:
        [asked] = verified_request.parse({"verification": {"trust_framework": None} | wanted})
        chosen = template.choose(asked["verification"], DATA, NOW)
    except (Malformed, Unmet):
        return
    _check_part(chosen, DATA)


def _check_part(part: Any, whole: Any) -> None:
    match part:
        case dict():
            for name, value in part.items():
                _check_part(value, whole[name])
        case list():
            for entry in part:
                assert any(_is_part(entry, other) for other in whole)
        case _:
            assert part == whole


def _is_part(part: Any, whole: Any) -> bool:
    try:
        _check_part(part, whole)
    except (AssertionError, KeyError):
        return False
    return True
