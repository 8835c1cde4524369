"""``operator``: is this phone number in the name of this person (mobile operators' three elements)."""

from collections.abc import Mapping
from typing import Any

from idp.identifiers import person_name, typed
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, Told, text
from idp.sandbox.registers.registry import Registry

NAME = "operator"


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Compare name, number and phone."""
    name, number, phone = text(question, "name"), text(question, "number"), text(question, "phone")
    holder = registry.find_by_phone(phone)
    if holder is None:
        return Told(NOT_FOUND)
    same = holder.number == typed.normalized(number) and person_name.is_same(holder.name, name)
    return Told(MATCH if same else MISMATCH)
