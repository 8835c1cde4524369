"""``bank``: does this card belong to this person with this phone (banks' four elements)."""

from collections.abc import Mapping
from typing import Any

from idp.identifiers import person_name, typed
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, Told, text
from idp.sandbox.registers.registry import Registry

NAME = "bank"


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Compare name, number, card and phone."""
    name, number = text(question, "name"), text(question, "number")
    card, phone = text(question, "card_number"), text(question, "phone")
    holder = registry.find_by_bank_card(card)
    if holder is None:
        return Told(NOT_FOUND)
    same = (
        holder.number == typed.normalized(number)
        and holder.phone == typed.normalized(phone).removeprefix("+86")
        and person_name.is_same(holder.name, name)
    )
    return Told(MATCH if same else MISMATCH)
