"""What a chain makes of its subject's metadata: constraints, direct metadata, policies (OpenID Federation 1.0 §6).

Pure. In this order: every superior's constraints; what the immediate superior sets directly; entity types that a
superior does not allow are taken away; the policies, merged from the anchor downward, are applied.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from idp.federation import constraints, metadata_policy
from idp.federation.chain_refused import ChainRefused
from idp.federation.constraints import ConstraintRefused
from idp.federation.entity_statement import EntityStatement
from idp.federation.explanation import (
    APPLICATION,
    CHANGED,
    CONSTRAINTS,
    ENTITY_TYPES,
    METADATA,
    PASSED,
    POLICY,
    REFUSED,
    Step,
)
from idp.federation.metadata_policy import Policy, PolicyRefused

Metadata = Mapping[str, Mapping[str, Any]]


def resolve(
    subject: EntityStatement, above: Sequence[EntityStatement], path: Sequence[str], steps: list[Step]
) -> dict[str, dict[str, Any]]:
    """Return the metadata that counts. *above*: the superiors' statements, nearest first. Raises ChainRefused."""
    for number in range(len(above) - 1, -1, -1):
        _check_constraints(above[number], path[: number + 1], steps)
    metadata = _direct(subject, above, steps)
    for statement in reversed(above):
        metadata = _allowed(statement, subject.sub, metadata, steps)
    merged = _merge(above, steps)
    return _apply(subject.sub, merged, metadata, steps)


def _check_constraints(statement: EntityStatement, below: Sequence[str], steps: list[Step]) -> None:
    if statement.constraints is None:
        return
    try:
        constraints.check(statement.constraints, below)
    except ConstraintRefused as refused:
        step = Step(
            CONSTRAINTS, refused.entity_id, statement.iss, REFUSED, rule=refused.rule, value=refused.value
        )
        raise ChainRefused.at(step, steps) from refused
    steps.append(Step(CONSTRAINTS, statement.sub, statement.iss, value=statement.claims["constraints"]))


def _direct(subject: EntityStatement, above: Sequence[EntityStatement], steps: list[Step]) -> Metadata:
    """Only for the entity types that the subject has itself, and only from its immediate superior (§3.1.1)."""
    own = subject.metadata
    said = above[0].metadata if above else {}
    made = {entity_type: {**about, **said.get(entity_type, {})} for entity_type, about in own.items()}
    if said:
        outcome = CHANGED if made != own else PASSED
        step = Step(METADATA, subject.sub, above[0].iss, outcome, metadata_before=own, metadata_after=made)
        steps.append(step)
    return made


def _allowed(statement: EntityStatement, subject: str, metadata: Metadata, steps: list[Step]) -> Metadata:
    if statement.constraints is None or statement.constraints.allowed_entity_types is None:
        return metadata
    kept = constraints.allowed(statement.constraints, metadata)
    gone = [entity_type for entity_type in metadata if entity_type not in kept]
    if gone:
        step = Step(
            *(ENTITY_TYPES, subject, statement.iss, CHANGED),
            rule=constraints.ALLOWED_ENTITY_TYPES,
            value=gone,
            metadata_before=metadata,
            metadata_after=kept,
        )
        steps.append(step)
    return kept


def _merge(above: Sequence[EntityStatement], steps: list[Step]) -> list[tuple[EntityStatement, Policy]]:
    """Return the policy as it stands after each superior that has one, the anchor first."""
    critical = {operator for statement in above for operator in statement.metadata_policy_crit}
    merged = metadata_policy.EMPTY
    made: list[tuple[EntityStatement, Policy]] = []
    for statement in reversed(above):
        before = merged
        try:
            metadata_policy.check_critical(statement.metadata_policy_crit)
            if statement.metadata_policy is None:
                continue
            own = metadata_policy.read(statement.metadata_policy, critical)
            merged = metadata_policy.merge(before, own)
        except PolicyRefused as refused:
            step = _refused(POLICY, statement.sub, statement.iss, refused, policy_before=before.rules)
            raise ChainRefused.at(step, steps) from refused
        step = Step(
            *(POLICY, statement.sub, statement.iss, CHANGED if merged.rules != before.rules else PASSED),
            policy_before=before.rules,
            policy_after=merged.rules,
        )
        steps.append(step)
        made.append((statement, merged))
    return made


def _apply(
    subject: str, merged: list[tuple[EntityStatement, Policy]], metadata: Metadata, steps: list[Step]
) -> dict[str, dict[str, Any]]:
    if not merged:
        return {entity_type: dict(about) for entity_type, about in metadata.items()}
    statement, policy = merged[-1]
    try:
        resolved = metadata_policy.apply(policy, metadata)
    except PolicyRefused as refused:
        blamed = _first_to_refuse(merged, metadata, refused)
        step = _refused(APPLICATION, subject, blamed.iss, refused, metadata_before=metadata)
        raise ChainRefused.at(step, steps) from refused
    step = Step(
        *(APPLICATION, subject, statement.iss, CHANGED if resolved != metadata else PASSED),
        metadata_before=metadata,
        metadata_after=resolved,
    )
    steps.append(step)
    return resolved


def _first_to_refuse(
    merged: list[tuple[EntityStatement, Policy]], metadata: Metadata, refused: PolicyRefused
) -> EntityStatement:
    """Return the highest superior whose policy, with those above it, refuses the same parameter already."""
    for statement, policy in merged[:-1]:
        try:
            metadata_policy.apply(policy, metadata)
        except PolicyRefused as earlier:
            if (earlier.entity_type, earlier.parameter) == (refused.entity_type, refused.parameter):
                return statement
    return merged[-1][0]


def _refused(
    kind: str,
    entity: str,
    superior: str,
    refused: PolicyRefused,
    *,
    policy_before: Mapping[str, Any] | None = None,
    metadata_before: Metadata | None = None,
) -> Step:
    return Step(
        *(kind, entity, superior, REFUSED, refused.operator, refused.value),
        rule=f"metadata_policy.{refused.reason}",
        entity_type=refused.entity_type,
        parameter=refused.parameter,
        policy_before=policy_before,
        metadata_before=metadata_before,
    )
