"""What changes from one level policy to another, part by part, for people who approve it. Pure."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from idp.assurance.policy import Policy, Route


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where, what stood there, what stands there now; None: nothing."""

    path: str
    before: str | None
    after: str | None


def difference(old: Policy, new: Policy) -> list[Change]:
    """Return every difference, in the order of the file's paths."""
    before, after = dict(_leaves("", old)), dict(_leaves("", new))
    return [
        Change(path, before.get(path), after.get(path))
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield path and text of each single value in *value*."""
    if isinstance(value, tuple) and value and isinstance(value[0], Route):
        # A way has no name; what it needs is what it is known by.
        for route in value:
            yield f"{path}: {' + '.join(sorted(route.needs))}", f"level {route.level}"
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _leaves(_join(path, field.name), getattr(value, field.name))
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _leaves(_join(path, str(name)), one)
    elif isinstance(value, tuple):
        for number, one in enumerate(value):
            yield from _leaves(_join(path, str(number)), one)
    elif value is not None:
        yield path, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
