"""Another implementation of metadata policies, in Rust, to compare ours with: PyPI oidfpolicy.

Where it does not hold to §6.1 (version 0.2) it is not asked:

- lists for ``one_of`` that the superior's does not contain: it refuses, the specification intersects;
- lists for ``superset_of`` that leave out some of the superior's: it refuses, the specification unites;
- ``one_of`` beside operators of lists: it allows, the specification does not;
- ``value`` null beside an empty list of ``add`` or ``superset_of``: it allows what could never be met;
- ``default`` held against ``one_of``: it does not look;
- ``essential`` false when a policy is applied: it takes it for true; alone for a parameter that is there: it panics;
- parameters that only a subordinate names: it leaves them out;
- operators that are given or meet values of a type they do not take, scopes as text, additional operators.
"""

import json
from collections.abc import Sequence
from typing import Any

import oidfpolicy
from hypothesis import strategies as st

TYPE = "openid_relying_party"
CHOICES = ("a", "b", "c", "d")
WORDS = st.sampled_from(CHOICES)
LISTS = st.lists(WORDS, unique=True, max_size=4)
SOME = st.lists(WORDS, unique=True, min_size=1, max_size=3)
METADATA = st.fixed_dictionaries({}, optional={"l1": LISTS, "l2": LISTS, "w1": WORDS, "other": WORDS})
Rules = dict[str, dict[str, Any]]
# Each level names all parameters, and the highest is judged by being merged too.
_NOTHING: Rules = {"l1": {}, "l2": {}, "w1": {}}
_OF_A_LIST = {
    "value": LISTS | st.none(),
    "add": SOME,
    "default": LISTS,
    "subset_of": LISTS,
    "superset_of": SOME,
    "essential": st.booleans(),
}
_OF_A_WORD = {"value": WORDS | st.none(), "default": WORDS, "one_of": SOME, "essential": st.booleans()}


@st.composite
def policies(draw: st.DrawFn) -> list[Rules]:
    """Policies of one to six superiors, the highest first: lists (``l…``) and words (``w…``)."""
    made: list[Rules] = []
    for _ in range(draw(st.integers(1, 6))):
        rules: Rules = {}
        for name in draw(st.lists(st.sampled_from(sorted(_NOTHING)), unique=True)):
            known = _OF_A_WORD if name.startswith("w") else _OF_A_LIST
            operators = draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=2))
            rules[name] = {operator: draw(known[operator]) for operator in operators}
            _keep_to_what_it_knows(draw, rules[name], [one.get(name, {}) for one in made])
        made.append(rules)
    return made


def merge(superiors: Sequence[Rules]) -> Rules | None:
    """Return the merged policy, None when it is refused."""
    merged = json.dumps({TYPE: _NOTHING})
    try:
        for rules in superiors:
            merged = oidfpolicy.merge_policies(merged, json.dumps({TYPE: _NOTHING | rules}))
    except RuntimeError:
        return None
    found: Rules = json.loads(merged)[TYPE]
    return {name: operators for name, operators in found.items() if operators}


def apply(rules: Rules, metadata: dict[str, Any]) -> dict[str, Any] | None:
    """Return the metadata under the policy, None when it is refused."""
    asked: Rules = {}
    filled = dict(metadata)
    for name, operators in rules.items():
        if "one_of" in operators and "default" in operators:
            filled.setdefault(name, operators["default"])
        told = {operator: value for operator, value in operators.items() if value is not False}
        if told and not (set(told) == {"essential"} and name in filled):
            asked[name] = told
    try:
        text = oidfpolicy.apply_policy(
            json.dumps({"metadata_policy": {TYPE: asked}}), json.dumps({TYPE: filled})
        )
    except RuntimeError:
        return None
    found: dict[str, Any] = json.loads(text)[TYPE]
    return found


def _keep_to_what_it_knows(draw: st.DrawFn, operators: dict[str, Any], above: list[dict[str, Any]]) -> None:
    one_of = [one["one_of"] for one in above if "one_of" in one]
    if one_of and "one_of" in operators:
        operators["one_of"] = draw(st.lists(st.sampled_from(one_of[-1]), unique=True, min_size=1))
    superset_of = [one["superset_of"] for one in above if "superset_of" in one]
    if superset_of and "superset_of" in operators:
        operators["superset_of"] = list(dict.fromkeys([*superset_of[-1], *operators["superset_of"]]))
