"""``population-status``: how things stand with many people, for checking again."""

from collections.abc import Mapping
from typing import Any

from idp.identifiers import typed
from idp.proofing import register_digest
from idp.sandbox.registers.question import MATCH, Told, numbers
from idp.sandbox.registers.registry import Registry

NAME = "population-status"
MOST = 500


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Answer for each number; one that the register does not know is ``unknown``."""
    statuses = {number: _status(registry, number) for number in numbers(question, MOST)}
    return Told(MATCH, {"statuses": statuses})


def _status(registry: Registry, number: str) -> dict[str, str]:
    citizen = registry.find_citizen(typed.normalized(number))
    if citizen is None:
        return {"status": "unknown"}
    digest = register_digest.of_name(citizen.number, citizen.name)
    return {"status": citizen.status, "card": citizen.card, "name_digest": digest}
