"""Reading a question and saying what the register knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MATCH, MISMATCH, NOT_FOUND, REFUSED = "match", "mismatch", "not_found", "refused"
LONGEST = 400


class BadQuestion(Exception):
    """The question lacks something or holds something else; *field* says where."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.field = name


@dataclass(frozen=True)
class Told:
    """What is answered."""

    result: str
    details: dict[str, Any] = field(default_factory=dict)


def text(question: Mapping[str, Any], name: str, longest: int = LONGEST) -> str:
    """Return a text of the question; raises BadQuestion."""
    value = question.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise BadQuestion(name)
    return value


def numbers(question: Mapping[str, Any], most: int) -> list[str]:
    """Return the numbers of a question about many; raises BadQuestion."""
    value = question.get("numbers")
    if not isinstance(value, list) or not 0 < len(value) <= most:
        raise BadQuestion("numbers")
    if not all(isinstance(one, str) and 0 < len(one) <= LONGEST for one in value):
        raise BadQuestion("numbers")
    return value
