"""Why an entity is trusted, or why not: each step of each chain, for operators and developers. Pure data.

No sentences: whoever shows it (console, command line, a developer's page) has words of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

# What a step looked at.
CONFIGURATION = "configuration"  # what the subject, or the anchor, says of itself
STATEMENT = "statement"  # what a superior says of its subordinate
CONSTRAINTS = "constraints"
METADATA = "metadata"  # what the immediate superior sets directly
ENTITY_TYPES = "entity_types"  # those that a superior does not allow are taken away
POLICY = "policy"  # a superior's policy, merged into those above
APPLICATION = "application"  # the merged policy, applied to the metadata
TRUST_MARK = "trust_mark"

Outcome = Literal["passed", "changed", "ignored", "refused"]
PASSED: Outcome = "passed"
CHANGED: Outcome = "changed"
IGNORED: Outcome = "ignored"  # it does not count, and the chain holds without it
REFUSED: Outcome = "refused"


@dataclass(frozen=True)
class Step:
    """One thing that was looked at. ``superior_id`` is empty where an entity speaks of itself.

    A step that was not passed names the ``rule``; for policies also where (``entity_type``, ``parameter``), which
    ``operator`` and its ``value``. Before and after are given where policy or metadata were at stake.
    """

    kind: str
    entity_id: str
    superior_id: str = ""
    outcome: Outcome = PASSED
    operator: str = ""
    value: Any = None
    policy_before: Mapping[str, Any] | None = field(default=None, repr=False)
    policy_after: Mapping[str, Any] | None = field(default=None, repr=False)
    metadata_before: Mapping[str, Any] | None = field(default=None, repr=False)
    metadata_after: Mapping[str, Any] | None = field(default=None, repr=False)
    rule: str = ""
    entity_type: str = ""
    parameter: str = ""


@dataclass(frozen=True)
class Refusal:
    """Where it ended: the step's rule, whose statement, which operator and value."""

    rule: str
    entity_id: str
    superior_id: str = ""
    operator: str = ""
    value: Any = None
    entity_type: str = ""
    parameter: str = ""


@dataclass(frozen=True)
class ExplainedChain:
    """One way from the entity to a trust anchor, as far as it was followed; ``refusal`` None: it holds."""

    path: tuple[str, ...]
    anchor: str
    steps: tuple[Step, ...] = ()
    refusal: Refusal | None = None
    expires_at: int | None = None
    metadata: Mapping[str, Any] | None = None
    trust_marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """All ways that were looked at; ``chosen`` is the number of the one that counts.

    ``refusal`` when none does: that of the way that came furthest, or what stopped us before there was any.
    """

    entity_id: str
    chains: tuple[ExplainedChain, ...] = ()
    chosen: int | None = None
    refusal: Refusal | None = None


def to_json(explanation: Explanation) -> dict[str, Any]:
    """Return plain values; what says nothing is left out."""
    plain: dict[str, Any] = _plain(explanation)
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Explanation | ExplainedChain | Step | Refusal):
        found = {one.name: getattr(value, one.name) for one in fields(value)}
        return {name: _plain(one) for name, one in found.items() if one is not None and one not in ("", ())}
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value
