"""The one way in which a trust chain is refused: where, about whom, under whose rule. Pure data, no sentences."""

from typing import Any, Self

from idp.federation.explanation import REFUSED, Refusal, Step


class ChainRefused(Exception):
    """The chain does not hold. ``steps`` are those that were taken, the refused one last."""

    def __init__(
        self,
        rule: str,
        entity_id: str,
        superior_id: str = "",
        operator: str = "",
        value: Any = None,
        steps: tuple[Step, ...] = (),
        *,
        entity_type: str = "",
        parameter: str = "",
    ) -> None:
        super().__init__(f"{rule}: {entity_id} below {superior_id or 'nobody'} {operator}".strip())
        self.rule, self.entity_id, self.superior_id = rule, entity_id, superior_id
        self.operator, self.value, self.steps = operator, value, steps
        self.entity_type, self.parameter = entity_type, parameter

    @classmethod
    def at(cls, step: Step, before: "list[Step] | tuple[Step, ...]" = ()) -> Self:
        """Return the refusal of one step, after those *before* it."""
        return cls(
            step.rule,
            step.entity_id,
            step.superior_id,
            step.operator,
            step.value,
            (*before, step),
            entity_type=step.entity_type,
            parameter=step.parameter,
        )

    @property
    def refusal(self) -> Refusal:
        """The same as data."""
        return Refusal(
            self.rule,
            self.entity_id,
            self.superior_id,
            self.operator,
            self.value,
            self.entity_type,
            self.parameter,
        )


def refused(
    kind: str, entity_id: str, rule: str, value: Any, steps: list[Step], *, superior_id: str = ""
) -> ChainRefused:
    """Return the refusal of an entity's or a superior's statement."""
    step = Step(kind, entity_id, superior_id, REFUSED, value=value, rule=rule)
    return ChainRefused.at(step, steps)
