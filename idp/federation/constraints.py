"""What a superior allows below itself: how deep, under which names, as what (OpenID Federation 1.0 §6.2). Pure.

Every superior's constraints are applied on their own, to everything that is below it in the chain.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from idp.federation import entity_id

FEDERATION_ENTITY = "federation_entity"
MAX_PATH_LENGTH = "max_path_length"
NAMING_CONSTRAINTS = "naming_constraints"
ALLOWED_ENTITY_TYPES = "allowed_entity_types"
MOST_NAMES = 1000
_LONGEST_NAME = 253
_DEEPEST = 1000
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"\.?{_LABEL}(?:\.{_LABEL})*", re.IGNORECASE)


class ConstraintRefused(Exception):
    """An entity of the chain is not allowed there: which rule, which entity, and what the superior had set."""

    def __init__(self, rule: str, entity: str, value: Any) -> None:
        super().__init__(rule)
        self.rule, self.entity_id, self.value = rule, entity, value


@dataclass(frozen=True)
class Constraints:
    """The ``constraints`` of one subordinate statement; None is for what it does not limit.

    Names are in lower case; one that begins with a dot stands for all hosts below it, and not for itself.
    """

    max_path_length: int | None = None
    permitted: tuple[str, ...] | None = None
    excluded: tuple[str, ...] = ()
    allowed_entity_types: frozenset[str] | None = None

    @property
    def limits_names(self) -> bool:
        """Whether any name is permitted or excluded."""
        return self.permitted is not None or bool(self.excluded)


def read(value: object) -> Constraints:
    """Return the constraints of a statement; raises ValueError with the reason. Unknown ones are ignored (§6.2)."""
    if not isinstance(value, dict):
        raise ValueError("must be an object")  # noqa: TRY004 - a statement's mistake, not a caller's
    names = value.get(NAMING_CONSTRAINTS, {})
    if not isinstance(names, dict):
        raise ValueError(f"{NAMING_CONSTRAINTS} must be an object")  # noqa: TRY004
    return Constraints(
        max_path_length=_path_length(value),
        permitted=_names(names, "permitted"),
        excluded=_names(names, "excluded") or (),
        allowed_entity_types=_entity_types(value),
    )


def check(constraints: Constraints, below: Sequence[str]) -> None:
    """Raise ConstraintRefused unless the entities *below* the superior, the chain's subject first, are allowed.

    All but the subject are intermediates between the superior and it (§6.2.1).
    """
    most = constraints.max_path_length
    if most is not None and len(below) - 1 > most:
        # The first one too many, seen from the superior.
        raise ConstraintRefused(MAX_PATH_LENGTH, below[-1 - most], most)
    if constraints.limits_names:
        for one in reversed(below):
            _check_name(constraints, one)


def allowed(constraints: Constraints, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of those entity types that the superior allows (§6.2.3)."""
    types = constraints.allowed_entity_types
    return {
        entity_type: about
        for entity_type, about in metadata.items()
        if types is None or entity_type in types or entity_type == FEDERATION_ENTITY
    }


def _check_name(constraints: Constraints, one: str) -> None:
    host = entity_id.host(one)
    # An address has no name that could be permitted (RFC 5280 §4.2.1.10).
    if not _NAME.fullmatch(host) or host.rpartition(".")[2].isdigit():
        raise ConstraintRefused("permitted", one, list(constraints.permitted or ()))
    for name in constraints.excluded:
        if _matches(host, name):
            raise ConstraintRefused("excluded", one, name)
    if constraints.permitted is not None and not any(_matches(host, name) for name in constraints.permitted):
        raise ConstraintRefused("permitted", one, list(constraints.permitted))


def _matches(host: str, name: str) -> bool:
    return host.endswith(name) if name.startswith(".") else host == name


def _path_length(value: Mapping[str, Any]) -> int | None:
    length = value.get(MAX_PATH_LENGTH)
    if MAX_PATH_LENGTH not in value:
        return None
    if type(length) is not int or length < 0:
        raise ValueError(f"{MAX_PATH_LENGTH} must be a number from 0")
    return min(length, _DEEPEST)


def _names(value: Mapping[str, Any], member: str) -> tuple[str, ...] | None:
    names = value.get(member, [])
    if not isinstance(names, list) or len(names) > MOST_NAMES:
        raise ValueError(f"{NAMING_CONSTRAINTS} {member} must be a list of at most {MOST_NAMES} host names")
    for name in names:
        if not isinstance(name, str) or len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
            raise ValueError(
                f"{NAMING_CONSTRAINTS} {member} must hold host names, such as host.example or .example"
            )
    return tuple(name.lower() for name in names) if member in value else None


def _entity_types(value: Mapping[str, Any]) -> frozenset[str] | None:
    types = value.get(ALLOWED_ENTITY_TYPES, [])
    if not isinstance(types, list) or not all(isinstance(one, str) and one for one in types):
        raise ValueError(f"{ALLOWED_ENTITY_TYPES} must be a list of entity types")
    if FEDERATION_ENTITY in types:
        raise ValueError(f"{ALLOWED_ENTITY_TYPES} must not name {FEDERATION_ENTITY}: it is always allowed")
    return frozenset(types) if ALLOWED_ENTITY_TYPES in value else None
