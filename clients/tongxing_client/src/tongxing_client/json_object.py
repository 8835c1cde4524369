"""Read one JSON object, or a list of them, that somebody else wrote (RFC 8259), refusing what only looks like one."""

import json
from typing import Any, NoReturn


def _refuse_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity; an "exp" of NaN is never in the past.
    raise ValueError(f"{name} is not JSON")


def _refuse_repeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is repeated")
    return members


def parse(text: bytes) -> dict[str, Any]:
    """The object in ``text``; ``ValueError`` with a reason when it is not one JSON object in UTF-8."""
    value = _read(text)
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - one kind of error for everything unreadable
    return value


def parse_list(text: bytes) -> list[dict[str, Any]]:
    """The list of objects in ``text``, or ``ValueError``."""
    value = _read(text)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError("not a list of JSON objects")
    return value


def _read(text: bytes) -> Any:
    try:
        value = json.loads(
            text.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_refuse_repeated
        )
        # Half a surrogate pair passes as an escape and would break the first page that shows it.
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value
