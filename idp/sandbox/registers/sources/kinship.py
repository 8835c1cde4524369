"""``kinship``: may this adult speak for that child."""

from collections.abc import Mapping
from typing import Any

from idp.identifiers import person_name, typed
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, Told, text
from idp.sandbox.registers.registry import Registry

NAME = "kinship"


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Look up the child's guardians."""
    guardian = typed.normalized(text(question, "guardian_number"))
    child = registry.find_citizen(text(question, "child_number"))
    name = text(question, "child_name")
    if child is None or registry.find_citizen(guardian) is None:
        return Told(NOT_FOUND)
    relation = dict(child.guardians).get(guardian)
    if relation is None or not person_name.is_same(child.name, name):
        return Told(MISMATCH)
    return Told(MATCH, {"relation": relation, "child_birthdate": child.birth_date.isoformat()})
