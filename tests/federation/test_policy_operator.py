from typing import Any

import pytest

from idp.federation import policy_operator
from idp.federation.policy_operator import ABSENT, OperatorRefused


def test_the_order_is_that_of_the_specification() -> None:
    """§6.1.3.1."""
    assert (
        *("value", "add", "default", "one_of", "subset_of", "superset_of", "essential"),
    ) == policy_operator.ORDER


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("value", None),
        ("value", "a"),
        ("value", 7),
        ("value", False),
        ("value", ["a"]),
        ("value", {"a": 1}),
        ("default", "a"),
        ("default", []),
        ("add", ["a", 7, {"b": 1}]),
        ("one_of", ["a"]),
        ("subset_of", []),
        ("superset_of", [1.5]),
        ("essential", False),
    ],
)
def test_values_that_operators_take(operator: str, value: object) -> None:
    policy_operator.check_value(operator, value)


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("default", None),
        ("add", "a"),
        ("add", None),
        ("add", [None]),
        ("add", [True]),
        ("add", [["a"]]),
        ("one_of", {}),
        ("one_of", "ab"),
        ("subset_of", 7),
        ("superset_of", {"a": 1}),
        ("essential", 1),
        ("essential", "true"),
        ("essential", None),
    ],
)
def test_values_that_they_do_not_take(operator: str, value: object) -> None:
    with pytest.raises(OperatorRefused) as refused:
        policy_operator.check_value(operator, value)
    assert (refused.value.operator, refused.value.reason) == (operator, "unsupported_type")


@pytest.mark.parametrize(
    "operators",
    [
        {"value": "a", "default": "b", "one_of": ["a", "b"], "essential": True},
        {"value": ["a", "b"], "add": ["a"], "subset_of": ["a", "b", "c"], "superset_of": ["b"]},
        {"value": ["a"], "default": ["z"], "subset_of": ["a"], "essential": True},
        {"value": None, "essential": False},
        {"value": [], "add": []},
        {"add": ["a"], "subset_of": ["a", "b"], "superset_of": ["b"], "default": ["c"], "essential": True},
        {"add": ["a"], "superset_of": ["b"]},
        {"default": "c", "one_of": ["a"]},
        {"subset_of": ["a"], "superset_of": ["a"]},
        {"value": {"b": 1, "a": [1]}, "one_of": [{"a": [1], "b": 1}]},
    ],
)
def test_what_may_stand_together(operators: dict[str, Any]) -> None:
    policy_operator.check_together(operators)


@pytest.mark.parametrize(
    ("operators", "which"),
    [
        ({"value": None, "default": "a"}, "value+default"),
        ({"value": None, "add": []}, "value+add"),
        ({"value": None, "one_of": ["a"]}, "value+one_of"),
        ({"value": None, "subset_of": []}, "value+subset_of"),
        ({"value": None, "superset_of": []}, "value+superset_of"),
        ({"value": None, "essential": True}, "value+essential"),
        ({"value": ["a"], "add": ["b"]}, "value+add"),
        ({"value": "a", "add": ["a"]}, "value+add"),
        ({"value": "c", "one_of": ["a", "b"]}, "value+one_of"),
        ({"value": ["a"], "one_of": ["a"]}, "value+one_of"),
        ({"value": True, "one_of": [1]}, "value+one_of"),
        ({"value": ["a", "c"], "subset_of": ["a", "b"]}, "value+subset_of"),
        ({"value": "a", "subset_of": ["a"]}, "value+subset_of"),
        ({"value": ["a"], "superset_of": ["a", "b"]}, "value+superset_of"),
        ({"add": ["c"], "subset_of": ["a"]}, "subset_of+add"),
        ({"subset_of": ["a"], "superset_of": ["a", "b"]}, "subset_of+superset_of"),
        ({"one_of": ["a"], "add": ["a"]}, "one_of+add"),
        ({"one_of": ["a"], "subset_of": ["a"]}, "one_of+subset_of"),
        ({"one_of": ["a"], "superset_of": ["a"]}, "one_of+superset_of"),
    ],
)
def test_what_may_not(operators: dict[str, Any], which: str) -> None:
    with pytest.raises(OperatorRefused) as refused:
        policy_operator.check_together(operators)
    assert (refused.value.operator, refused.value.reason) == (which, "not_combinable")
    assert set(refused.value.value) == set(which.split("+"))


@pytest.mark.parametrize(
    ("operator", "superior", "subordinate", "both"),
    [
        ("value", "a", "a", "a"),
        ("value", None, None, None),
        ("value", {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1, "b": 2}),
        ("default", ["a"], ["a"], ["a"]),
        ("add", ["a"], ["b", "a", "b"], ["a", "b"]),
        ("one_of", ["a", "b"], ["b", "c"], ["b"]),
        ("subset_of", ["a", "b"], ["b", "c"], ["b"]),
        ("subset_of", ["a"], ["b"], []),
        ("superset_of", ["a"], ["b"], ["a", "b"]),
        ("essential", True, False, True),
        ("essential", False, True, True),
        ("essential", False, False, False),
    ],
)
def test_two_become_one(operator: str, superior: object, subordinate: object, both: object) -> None:
    assert policy_operator.merge(operator, superior, subordinate) == both


@pytest.mark.parametrize(
    ("operator", "superior", "subordinate"),
    [
        ("value", "a", "b"),
        ("value", None, "a"),
        ("value", True, 1),
        ("value", ["a", "b"], ["b", "a"]),
        ("value", {"a": True}, {"a": 1}),
        ("default", "a", "b"),
        ("one_of", ["a"], ["b"]),
    ],
)
def test_two_that_contradict(operator: str, superior: object, subordinate: object) -> None:
    with pytest.raises(OperatorRefused) as refused:
        policy_operator.merge(operator, superior, subordinate)
    assert (refused.value.operator, refused.value.value, refused.value.reason) == (
        *(operator, subordinate, "conflict"),
    )


@pytest.mark.parametrize(
    ("operator", "value", "found", "made"),
    [
        ("value", "a", ABSENT, "a"),
        ("value", "a", ["z"], "a"),
        ("value", None, "z", ABSENT),
        ("add", ["a"], ABSENT, ["a"]),
        ("add", ["a", "b"], ["b", "c"], ["b", "c", "a"]),
        ("default", "a", ABSENT, "a"),
        ("default", "a", "z", "z"),
        ("one_of", ["a"], ABSENT, ABSENT),
        ("one_of", ["a", "b"], "b", "b"),
        ("one_of", [1, {"a": 1}], {"a": 1}, {"a": 1}),
        ("subset_of", ["a"], ABSENT, ABSENT),
        ("subset_of", ["a", "b", "c"], ["a", "e"], ["a"]),
        ("subset_of", ["a", "b", "c"], ["d", "e"], []),
        ("superset_of", ["a"], ABSENT, ABSENT),
        ("superset_of", ["a"], ["a", "b"], ["a", "b"]),
        ("essential", True, [], []),
        ("essential", False, ABSENT, ABSENT),
    ],
)
def test_what_becomes_of_a_parameter(operator: str, value: object, found: object, made: object) -> None:
    assert policy_operator.apply(operator, value, found) == made


@pytest.mark.parametrize(
    ("operator", "value", "found", "reason"),
    [
        ("essential", True, ABSENT, "missing"),
        ("one_of", ["a"], "b", "not_allowed"),
        ("one_of", [1], True, "not_allowed"),
        ("one_of", [], "a", "not_allowed"),
        ("one_of", ["a"], ["a"], "unsupported_type"),
        ("superset_of", ["a", "b"], ["a"], "not_allowed"),
        ("superset_of", ["a"], "a", "unsupported_type"),
        ("subset_of", ["a"], "a", "unsupported_type"),
        ("subset_of", ["a"], [True], "unsupported_type"),
        ("add", ["a"], "b", "unsupported_type"),
        ("add", ["a"], {"b": 1}, "unsupported_type"),
    ],
)
def test_what_a_parameter_must_not_be(operator: str, value: object, found: object, reason: str) -> None:
    with pytest.raises(OperatorRefused) as refused:
        policy_operator.apply(operator, value, found)
    assert (refused.value.operator, refused.value.value, refused.value.reason) == (operator, value, reason)


def test_numbers_are_equal_by_value_and_truth_is_no_number() -> None:
    assert policy_operator.same(1, 1.0)
    assert not policy_operator.same(1, True)
    assert not policy_operator.same(0, False)
    assert not policy_operator.same("1", 1)
    assert policy_operator.same({"a": [1], "b": None}, {"b": None, "a": [1]})
