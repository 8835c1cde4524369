"""``population``: does this name belong to this number, does the person live, is the card good."""

from collections.abc import Mapping
from typing import Any

from idp.identifiers import person_name
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, Told, text
from idp.sandbox.registers.registry import Registry

NAME = "population"


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Compare; who changed the name is told apart from who typed another one."""
    number, name, id_type = text(question, "number"), text(question, "name"), text(question, "id_type")
    citizen = registry.find_citizen(number)
    if citizen is None or citizen.id_type != id_type:
        return Told(NOT_FOUND)
    if person_name.is_same(citizen.name, name):
        return Told(MATCH, {"status": citizen.status, "card": citizen.card, "residence": citizen.residence})
    if citizen.former_name and person_name.is_same(citizen.former_name, name):
        return Told(MISMATCH, {"name_changed": True})
    return Told(MISMATCH)
