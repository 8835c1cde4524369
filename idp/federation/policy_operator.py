"""The seven standard operators of metadata policies (OpenID Federation 1.0 §6.1.3.1): values, merging, effect. Pure.

One more operator: a name in ``ORDER`` at the place where it is applied, its values in ``check_value``, its merging in
``merge``, its effect in ``apply``, and what it may stand beside in ``check_together``.
"""

import json
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

VALUE, ADD, DEFAULT, ONE_OF = "value", "add", "default", "one_of"
SUBSET_OF, SUPERSET_OF, ESSENTIAL = "subset_of", "superset_of", "essential"
# In the order in which they are applied.
ORDER = (VALUE, ADD, DEFAULT, ONE_OF, SUBSET_OF, SUPERSET_OF, ESSENTIAL)
LISTS = frozenset({ADD, ONE_OF, SUBSET_OF, SUPERSET_OF})
# Those that speak of a list's members; one_of speaks of a single value and stands beside none of them.
OF_MEMBERS = (ADD, SUBSET_OF, SUPERSET_OF)
# Those that are united when they meet, and those that are intersected.
_UNITED = frozenset({ADD, SUPERSET_OF})
_INTERSECTED = frozenset({ONE_OF, SUBSET_OF})
# Those that give a value to a parameter that is absent.
_FILLING = frozenset({ADD, DEFAULT})


class OperatorRefused(Exception):
    """What an operator was given, stands beside, or meets in the metadata cannot be."""

    def __init__(self, operator: str, value: Any, reason: str) -> None:
        super().__init__(f"{operator}: {reason}")
        self.operator, self.value, self.reason = operator, value, reason


class _Absent:
    """A metadata parameter that is not there; null is never a value."""


ABSENT = _Absent()


def same(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal: true is not 1, an object's members have no order."""
    if type(one) is str or type(other) is str:
        return bool(one == other)
    if isinstance(one, list) and isinstance(other, list):
        return _keys(one) == _keys(other)
    return _key(one) == _key(other)


def check_value(operator: str, value: Any) -> None:
    """Raise OperatorRefused unless the operator takes such a value."""
    if operator == ESSENTIAL:
        good = isinstance(value, bool)
    elif operator in LISTS:
        good = isinstance(value, list) and all(_is_member(one) for one in value)
    elif operator == DEFAULT:
        good = value is not None
    else:
        good = True
    if not good:
        raise OperatorRefused(operator, value, "unsupported_type")


def merge(operator: str, superior: Any, subordinate: Any) -> Any:
    """Return the value that is at least as strict as both; raises OperatorRefused."""
    if operator == ESSENTIAL:
        return superior or subordinate
    if operator in _UNITED:
        return [*superior, *_without(subordinate, superior)]
    if operator in _INTERSECTED:
        both = _within(superior, subordinate)
        if operator == ONE_OF and not both:
            raise OperatorRefused(operator, subordinate, "conflict")
        return both
    if not same(superior, subordinate):
        raise OperatorRefused(operator, subordinate, "conflict")
    return superior


def check_together(operators: Mapping[str, Any]) -> None:
    """Raise OperatorRefused when two operators must not stand together for one parameter, or not with these values."""
    if ONE_OF in operators:
        for other in OF_MEMBERS:
            _insist(other not in operators, operators, ONE_OF, other)
    if SUBSET_OF in operators:
        for other in (ADD, SUPERSET_OF):
            if other in operators:
                _insist(_holds(operators[SUBSET_OF], operators[other]), operators, SUBSET_OF, other)
    if VALUE in operators:
        _check_beside_value(operators, operators[VALUE])


def apply(operator: str, value: Any, found: Any) -> Any:
    """Return what becomes of the metadata parameter *found*; raises OperatorRefused."""
    if operator == VALUE:
        return ABSENT if value is None else value
    if found is ABSENT:
        if operator == ESSENTIAL and value:
            raise OperatorRefused(operator, value, "missing")
        return value if operator in _FILLING else ABSENT
    if operator == ONE_OF:
        if isinstance(found, list):
            raise OperatorRefused(operator, value, "unsupported_type")
        if not _holds(value, (found,)):
            raise OperatorRefused(operator, value, "not_allowed")
    if operator in OF_MEMBERS:
        return _apply_to_members(operator, value, found)
    return found


def _apply_to_members(operator: str, value: Any, found: Any) -> Any:
    if not isinstance(found, list) or not all(_is_member(one) for one in found):
        raise OperatorRefused(operator, value, "unsupported_type")
    if operator == ADD:
        return [*found, *_without(value, found)]
    if operator == SUBSET_OF:
        return _within(found, value)
    if not _holds(found, value):
        raise OperatorRefused(operator, value, "not_allowed")
    return found


def _check_beside_value(operators: Mapping[str, Any], value: Any) -> None:
    if value is None:
        for other in (DEFAULT, ADD, ONE_OF, SUBSET_OF, SUPERSET_OF):
            _insist(other not in operators, operators, VALUE, other)
        _insist(not operators.get(ESSENTIAL, False), operators, VALUE, ESSENTIAL)
        return
    if ONE_OF in operators:
        good = not isinstance(value, list) and _holds(operators[ONE_OF], (value,))
        _insist(good, operators, VALUE, ONE_OF)
    for other in OF_MEMBERS:
        if other in operators:
            good = isinstance(value, list) and (
                _holds(operators[SUBSET_OF], value) if other == SUBSET_OF else _holds(value, operators[other])
            )
            _insist(good, operators, VALUE, other)


def _insist(good: bool, operators: Mapping[str, Any], one: str, other: str) -> None:  # noqa: FBT001
    if not good:
        values = {one: operators[one], other: operators[other]}
        raise OperatorRefused(f"{one}+{other}", values, "not_combinable")


def _is_member(value: Any) -> bool:
    return isinstance(value, str | int | float | dict) and not isinstance(value, bool)


def _key(value: Any) -> Hashable:
    """Return what equals another exactly when the JSON values are equal."""
    if type(value) is str:
        return value
    if value is None or isinstance(value, int | float):
        return (type(value) is bool, value)
    return ("json", json.dumps(value, sort_keys=True))


def _keys(values: Iterable[Any]) -> list[Hashable]:
    """Most are texts: these are keys as they are, and are not looked at twice."""
    return [one if type(one) is str else _key(one) for one in values]


def _holds(values: Iterable[Any], wanted: Iterable[Any]) -> bool:
    return set(_keys(values)).issuperset(_keys(wanted))


def _without(values: list[Any], known: Iterable[Any]) -> list[Any]:
    seen = set(_keys(known))
    kept = []
    for key, one in zip(_keys(values), values, strict=True):
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept


def _within(values: list[Any], allowed: Iterable[Any]) -> list[Any]:
    among = set(_keys(allowed))
    return [one for key, one in zip(_keys(values), values, strict=True) if key in among]
