"""An explanation as it is drawn: one tree from the anchors down to the entity, and each way's steps with what changed.

Pure, without words: console and developers' page have the same drawing, in the reader's language.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from idp.federation.explanation import REFUSED, ExplainedChain, Explanation, Refusal, Step

LONGEST_VALUE = 400
MOST_ROWS = 120
# How a place of the tree stands: on the way that counts, on another one that holds, or where a way broke off.
CHOSEN, HOLDS, BROKEN, UNUSED = "chosen", "holds", "broken", "unused"
_RANK = {UNUSED: 0, BROKEN: 1, HOLDS: 2, CHOSEN: 3}


@dataclass
class Place:
    """One entity in the tree. ``state`` is that of the way that leads from above to it."""

    entity_id: str
    state: str = UNUSED
    is_anchor: bool = False
    is_subject: bool = False
    below: "list[Place]" = field(default_factory=list)


@dataclass(frozen=True)
class Row:
    """One line of a difference: a parameter of an entity type, for policies its operator, before and after."""

    entity_type: str
    parameter: str
    operator: str
    before: str
    after: str


@dataclass(frozen=True)
class DrawnStep:
    """A step with its values as text. ``more``: rows that are left out."""

    kind: str
    entity_id: str
    superior_id: str
    outcome: str
    rule: str
    operator: str
    value: str
    entity_type: str
    parameter: str
    rows: tuple[Row, ...]
    is_policy: bool
    more: int = 0


@dataclass(frozen=True)
class DrawnRefusal:
    """Where it ended, its value as text."""

    rule: str
    entity_id: str
    superior_id: str
    operator: str
    value: str
    entity_type: str
    parameter: str


@dataclass(frozen=True)
class DrawnChain:
    """One way."""

    path: tuple[str, ...]
    is_chosen: bool
    steps: tuple[DrawnStep, ...]
    refusal: DrawnRefusal | None
    expires_at: int | None
    trust_marks: tuple[str, ...]


@dataclass(frozen=True)
class Drawing:
    """All of it. ``is_trusted``: one way holds."""

    entity_id: str
    is_trusted: bool
    tree: tuple[Place, ...]
    chains: tuple[DrawnChain, ...]
    refusal: DrawnRefusal | None
    metadata: tuple[Row, ...]

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Every entity that is named, each once."""
        named = [self.entity_id]
        for chain in self.chains:
            named += chain.path
            named += [one for step in chain.steps for one in (step.entity_id, step.superior_id)]
        for refusal in (self.refusal, *(chain.refusal for chain in self.chains)):
            named += [refusal.entity_id, refusal.superior_id] if refusal else []
        return tuple(dict.fromkeys(one for one in named if one))


def draw(explanation: Explanation) -> Drawing:
    """Return the explanation as it is drawn."""
    chosen = explanation.chosen
    chains = tuple(
        DrawnChain(
            path=chain.path,
            is_chosen=number == chosen,
            steps=tuple(_step(step) for step in chain.steps),
            refusal=refusal(chain.refusal),
            expires_at=chain.expires_at,
            trust_marks=chain.trust_marks,
        )
        for number, chain in enumerate(explanation.chains)
    )
    counted = explanation.chains[chosen] if chosen is not None else None
    return Drawing(
        entity_id=explanation.entity_id,
        is_trusted=counted is not None,
        tree=tuple(_tree(explanation)),
        chains=chains,
        refusal=refusal(explanation.refusal),
        metadata=_flat(counted.metadata) if counted and counted.metadata else (),
    )


def policy_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """Return what of a policy is new or different, and what stays, by entity type, parameter and operator."""
    return [
        Row(kind, parameter, operator, _text(_at(before, kind, parameter, operator)), _text(value))
        for kind, parameter, operator, value in _operators(after)
    ] + [
        Row(kind, parameter, operator, _text(value), "")
        for kind, parameter, operator, value in _operators(before)
        if _at(after, kind, parameter, operator) is None
    ]


def metadata_rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Row]:
    """Return what of the metadata is different."""
    rows = []
    for kind in dict.fromkeys([*before, *after]):
        old, new = before.get(kind, {}), after.get(kind, {})
        rows += [
            Row(kind, name, "", _text(old.get(name)), _text(new.get(name)))
            for name in dict.fromkeys([*old, *new])
            if old.get(name) != new.get(name)
        ]
    return rows


def _tree(explanation: Explanation) -> list[Place]:
    tops: list[Place] = []
    for number, chain in enumerate(explanation.chains):
        state = CHOSEN if number == explanation.chosen else HOLDS if chain.refusal is None else UNUSED
        broken_at = _broken_edge(chain)
        above: list[Place] = tops
        superior = ""
        for entity_id in reversed(_whole_path(chain)):
            place = next((one for one in above if one.entity_id == entity_id), None)
            if place is None:
                place = Place(entity_id, is_subject=entity_id == explanation.entity_id)
                above.append(place)
            is_broken = broken_at is not None and broken_at in ((superior, entity_id), ("", entity_id))
            here = BROKEN if is_broken else state
            place.state = max(place.state, here, key=_RANK.__getitem__)
            place.is_anchor = place.is_anchor or (not superior and entity_id == chain.anchor)
            above, superior = place.below, entity_id
    if not tops:
        refused = explanation.refusal is not None
        tops.append(Place(explanation.entity_id, BROKEN if refused else UNUSED, is_subject=True))
    return tops


def _whole_path(chain: ExplainedChain) -> tuple[str, ...]:
    """Return the way with the superior at which it broke off."""
    refused = chain.refusal
    if refused and refused.superior_id and refused.superior_id not in chain.path:
        return (*chain.path, refused.superior_id)
    return chain.path


def _broken_edge(chain: ExplainedChain) -> tuple[str, str] | None:
    refused = chain.refusal
    if refused is None:
        return None
    entity_id = refused.entity_id or (chain.path[0] if chain.path else "")
    way = _whole_path(chain)
    if refused.superior_id and entity_id in way:
        above = way[way.index(entity_id) + 1 : way.index(entity_id) + 2]
        # A superior higher up set the rule: what it concerns is the entity itself.
        return (
            (refused.superior_id, entity_id)
            if above == (refused.superior_id,)
            else (above[0] if above else "", entity_id)
        )
    return "", entity_id


def _step(step: Step) -> DrawnStep:
    is_policy = step.policy_after is not None or step.policy_before is not None
    if is_policy and step.policy_after is not None:
        rows = policy_rows(step.policy_before or {}, step.policy_after)
    elif step.metadata_before is not None and step.metadata_after is not None:
        rows = metadata_rows(step.metadata_before, step.metadata_after)
    elif step.outcome == REFUSED and step.metadata_before is not None and step.parameter:
        held = step.metadata_before.get(step.entity_type, {}).get(step.parameter)
        rows = [Row(step.entity_type, step.parameter, "", _text(held), "")]
    elif step.outcome == REFUSED and step.policy_before is not None:
        rows = [row for row in policy_rows({}, step.policy_before) if row.parameter == step.parameter]
    else:
        rows = []
    return DrawnStep(
        kind=step.kind,
        entity_id=step.entity_id,
        superior_id=step.superior_id,
        outcome=step.outcome,
        rule=step.rule,
        operator=step.operator,
        value=_text(step.value),
        entity_type=step.entity_type,
        parameter=step.parameter,
        rows=tuple(rows[:MOST_ROWS]),
        is_policy=is_policy,
        more=max(0, len(rows) - MOST_ROWS),
    )


def refusal(found: Refusal | None) -> DrawnRefusal | None:
    """Return a refusal with its value as text."""
    if found is None:
        return None
    return DrawnRefusal(
        rule=found.rule,
        entity_id=found.entity_id,
        superior_id=found.superior_id,
        operator=found.operator,
        value=_text(found.value),
        entity_type=found.entity_type,
        parameter=found.parameter,
    )


def _flat(metadata: Mapping[str, Mapping[str, Any]]) -> tuple[Row, ...]:
    rows = [
        Row(kind, name, "", "", _text(value))
        for kind, about in metadata.items()
        for name, value in about.items()
    ]
    return tuple(rows[:MOST_ROWS])


def _operators(policy: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    for kind, parameters in policy.items():
        for parameter, operators in parameters.items():
            for operator, value in operators.items():
                yield kind, parameter, operator, value


def _at(policy: Mapping[str, Any], kind: str, parameter: str, operator: str) -> Any:
    return policy.get(kind, {}).get(parameter, {}).get(operator)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        text = value
    elif isinstance(value, Sequence) and all(isinstance(one, str) for one in value):
        text = ", ".join(value) or "[]"
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
