"""JSON from strangers that two readers could not understand differently (RFC 8259 §4, §6; RFC 7493). Pure.

Refused are names that stand twice, numbers that are none (``NaN``, ``1e999``), and depth without end.
"""

import json
from typing import Any, NoReturn

DEEPEST = 20


def load_object(text: str, *, deepest: int = DEEPEST) -> dict[str, Any]:
    """Return the object that *text* is; raises ValueError for everything else."""
    try:
        value = json.loads(
            text, object_pairs_hook=_once, parse_constant=_refuse_constant, parse_float=_finite
        )
        if not isinstance(value, dict):
            raise ValueError("no object")  # noqa: TRY004 - one error for whatever a stranger sent
        _check_depth(value, deepest)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands there twice")
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise ValueError("a number without end")
    return value


def _check_depth(value: Any, left: int) -> None:
    if left == 0:
        raise ValueError("nested too deeply")
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            _check_depth(one, left - 1)
