"""Choosing from data what a template asks for, if what it demands holds (OIDC for Identity Assurance §5). Pure.

A member that is not there is left out; a demand that is not met fails the whole (`Unmet`), because an answer that
ignored one would say something that the relying party excluded.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from idp.claims.verified_request import CONSTRAINTS

# Without these an element is not valid, so they come along unasked.
REQUIRED = frozenset({"type", "check_method", "trust_framework"})


class Unmet(Exception):
    """What the template demands does not hold."""


def choose(template: Mapping[str, Any] | None, data: Mapping[str, Any], now: dt.datetime) -> dict[str, Any]:
    """Return the members of *data* that *template* names, at every depth; raises Unmet."""
    wanted: dict[str, Any] = dict.fromkeys(name for name in data if name in REQUIRED)
    wanted |= template or {}
    found = {}
    for name, inner in wanted.items():
        if name not in data:
            # A value or an age that is demanded of an object is met by none.
            if name in CONSTRAINTS or _demands(inner):
                raise Unmet(name)
        else:
            found[name] = _value(inner, data[name], now)
    return {name: value for name, value in found.items() if value not in ({}, [])}


def meets(conditions: Mapping[str, Any] | None, value: Any, now: dt.datetime) -> bool:
    """Whether *value* is among those wanted, and a date or time is young enough."""
    if not conditions:
        return True
    if "value" in conditions and not _is_same(conditions["value"], value):
        return False
    if "values" in conditions and not any(_is_same(one, value) for one in conditions["values"]):
        return False
    return "max_age" not in conditions or _is_younger(value, conditions["max_age"], now)


def _value(template: Any, data: Any, now: dt.datetime) -> Any:
    match data:
        case dict():
            return choose(_object(template), data, now)
        case list():
            return _entries(template, data, now)
        case _:
            if isinstance(template, list) or not meets(template, data, now):
                raise Unmet(data)
            return data


def _object(template: Any) -> Mapping[str, Any] | None:
    if template is None or isinstance(template, dict):
        return template
    raise Unmet("a list where there is one object")


def _entries(template: Any, data: list[Any], now: dt.datetime) -> list[Any]:
    """Keep each entry that one of the templates fits: they are alternatives (§5.2)."""
    templates = template if isinstance(template, list) else [template]
    kept = [entry for entry in (_first_fit(templates, one, now) for one in data) if entry is not None]
    if not kept:
        raise Unmet("no entry fits")
    return kept


def _first_fit(templates: list[Any], data: Any, now: dt.datetime) -> Any:
    for template in templates:
        try:
            return _value(template, data, now)
        except Unmet:
            continue
    return None


def _demands(template: Any) -> bool:
    match template:
        case dict():
            return bool(CONSTRAINTS & template.keys()) or any(_demands(inner) for inner in template.values())
        case list():
            return any(_demands(inner) for inner in template)
    return False


def _is_same(one: Any, other: Any) -> bool:
    # In JSON 1 is not true.
    return type(one) is type(other) and one == other


def _is_younger(value: Any, seconds: float, now: dt.datetime) -> bool:
    """Whether not more than *seconds* have passed since *value*; a date counts from its last second (§5.3.2)."""
    if not isinstance(value, str):
        return False
    try:
        if "T" in value:
            moment = dt.datetime.fromisoformat(value)
        else:
            moment = dt.datetime.combine(dt.date.fromisoformat(value), dt.time(23, 59, 59), dt.UTC)
    except ValueError:
        return False
    return moment.tzinfo is not None and (now - moment).total_seconds() <= seconds
