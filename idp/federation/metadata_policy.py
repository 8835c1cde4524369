"""Metadata policies: what superiors prescribe for the metadata of all below (OpenID Federation 1.0 §6.1). Pure.

A policy is read once (`read`), merged from the anchor downward (`merge`), and applied to the metadata of the chain's
subject (`apply`). A subordinate can only tighten what stands above it; what cannot be reconciled is refused.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.federation import policy_operator
from idp.federation.policy_operator import ABSENT, OperatorRefused

SCOPE = "scope"  # a text of words, treated as a list (§6.1.3.1.8)
MOST_TYPES = 50
MOST_PARAMETERS = 500
UNDERSTOOD = frozenset(policy_operator.ORDER)

_WORDED = frozenset({policy_operator.VALUE, policy_operator.DEFAULT})

Rules = Mapping[str, Mapping[str, Mapping[str, Any]]]


class PolicyRefused(Exception):
    """A policy that cannot be read, merged or satisfied: where, by which operator and value, and why.

    ``reason``: ``malformed``, ``unsupported_type``, ``not_combinable`` (operator ``a+b``), ``conflict`` (two superiors
    differ), ``not_allowed``, ``missing``, ``not_understood`` (metadata_policy_crit).
    """

    def __init__(self, entity_type: str, parameter: str, operator: str, value: Any, reason: str) -> None:
        super().__init__(f"{entity_type}.{parameter} {operator}: {reason}")
        self.entity_type, self.parameter = entity_type, parameter
        self.operator, self.value, self.reason = operator, value, reason


@dataclass(frozen=True)
class Policy:
    """Entity type → metadata parameter → operator → value. Never changed: merging makes another."""

    rules: Rules = field(default_factory=dict, hash=False)

    def __bool__(self) -> bool:
        return bool(self.rules)

    def to_json(self) -> dict[str, Any]:
        """Return it as it stands in a statement."""
        return {
            entity_type: {parameter: dict(operators) for parameter, operators in parameters.items()}
            for entity_type, parameters in self.rules.items()
        }


EMPTY = Policy()


def read(value: object, critical: Collection[str] = ()) -> Policy:
    """Return the policy of one statement; raises PolicyRefused.

    Operators that are not understood are left out, unless they are *critical* (§6.1.3.2).
    """
    if not isinstance(value, dict) or len(value) > MOST_TYPES:
        raise PolicyRefused("", "", "", None, "malformed")
    return Policy(
        {entity_type: _read_type(entity_type, about, critical) for entity_type, about in value.items()}
    )


def check_critical(critical: Collection[str]) -> None:
    """Raise PolicyRefused for operators that a superior declares critical and nobody here understands."""
    for operator in critical:
        if operator not in UNDERSTOOD:
            raise PolicyRefused("", "", operator, None, "not_understood")


def merge(superior: Policy, subordinate: Policy) -> Policy:
    """Return the policy of both together (§6.1.4.1); raises PolicyRefused when they contradict."""
    if not superior.rules or not subordinate.rules:
        return superior if superior.rules else subordinate
    rules: dict[str, Mapping[str, Mapping[str, Any]]] = dict(superior.rules)
    for entity_type, parameters in subordinate.rules.items():
        above = rules.get(entity_type)
        rules[entity_type] = _merge_type(entity_type, above, parameters) if above else parameters
    return Policy(rules)


def apply(policy: Policy, metadata: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the metadata, by entity type, as the policy leaves it (§6.1.4.2); raises PolicyRefused."""
    resolved: dict[str, dict[str, Any]] = {}
    for entity_type, about in metadata.items():
        made = dict(about)
        for parameter, operators in policy.rules.get(entity_type, {}).items():
            found = _apply(entity_type, parameter, operators, made.get(parameter, ABSENT))
            if found is ABSENT:
                made.pop(parameter, None)
            else:
                made[parameter] = found
        resolved[entity_type] = made
    return resolved


def _read_type(entity_type: str, about: object, critical: Collection[str]) -> dict[str, dict[str, Any]]:
    if not isinstance(about, dict) or len(about) > MOST_PARAMETERS:
        raise PolicyRefused(entity_type, "", "", None, "malformed")
    return {
        parameter: _read_parameter(entity_type, parameter, operators, critical)
        for parameter, operators in about.items()
    }


def _read_parameter(
    entity_type: str, parameter: str, value: object, critical: Collection[str]
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise PolicyRefused(entity_type, parameter, "", None, "malformed")
    for operator in value:
        if operator in critical and operator not in UNDERSTOOD:
            raise PolicyRefused(entity_type, parameter, operator, value[operator], "not_understood")
    operators = {name: value[name] for name in policy_operator.ORDER if name in value}
    try:
        if parameter == SCOPE:
            operators = {name: _words(name, one) for name, one in operators.items()}
        for operator, one in operators.items():
            policy_operator.check_value(operator, one)
        policy_operator.check_together(operators)
    except OperatorRefused as refused:
        raise _refused(entity_type, parameter, refused) from refused
    return operators


def _merge_type(
    entity_type: str, above: Mapping[str, Mapping[str, Any]], below: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    merged = dict(above)
    for parameter, operators in below.items():
        known = merged.get(parameter)
        if not known:
            merged[parameter] = operators
            continue
        try:
            merged[parameter] = _merge_operators(known, operators)
        except OperatorRefused as refused:
            raise _refused(entity_type, parameter, refused) from refused
    return merged


def _merge_operators(above: Mapping[str, Any], below: Mapping[str, Any]) -> Mapping[str, Any]:
    both = dict(above)
    for operator, value in below.items():
        both[operator] = policy_operator.merge(operator, both[operator], value) if operator in both else value
    if len(both) > 1:
        policy_operator.check_together(both)
    return both


def _apply(entity_type: str, parameter: str, operators: Mapping[str, Any], found: Any) -> Any:
    made = found
    try:
        if parameter == SCOPE and found is not ABSENT:
            made = _words(policy_operator.VALUE, found)
        for operator in policy_operator.ORDER:
            if operator in operators:
                made = policy_operator.apply(operator, operators[operator], made)
    except OperatorRefused as refused:
        raise _refused(entity_type, parameter, refused) from refused
    if parameter == SCOPE and isinstance(made, list):
        return " ".join(made)
    return made


def _words(operator: str, value: Any) -> Any:
    """Return a scope as the list that it is treated as."""
    if isinstance(value, str) and operator in _WORDED:
        return value.split()
    if isinstance(value, list) and not all(isinstance(word, str) for word in value):
        raise OperatorRefused(operator, value, "unsupported_type")
    return value


def _refused(entity_type: str, parameter: str, refused: OperatorRefused) -> PolicyRefused:
    return PolicyRefused(entity_type, parameter, refused.operator, refused.value, refused.reason)
