"""``chip``: what a reader signed after it read the chip of a card; a lost card is refused."""

from collections.abc import Mapping
from typing import Any

from idp.sandbox.registers import presentations
from idp.sandbox.registers.question import MATCH, NOT_FOUND, REFUSED, Told, text
from idp.sandbox.registers.records import ALIVE, VALID
from idp.sandbox.registers.registry import Registry

NAME = "chip"
LONGEST = 8192


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Check the reader's signature and the card; each reading works once."""
    read = registry.presentations.find(text(question, "reading", LONGEST), presentations.READING)
    citizen = registry.find_citizen(read["number"]) if read else None
    if read is None or citizen is None:
        return Told(NOT_FOUND)
    if citizen.status != ALIVE or citizen.card != VALID:
        return Told(REFUSED, {"status": citizen.status, "card": citizen.card})
    if not registry.presentations.use(read):
        return Told(REFUSED, {"used": True})
    return Told(
        MATCH, {"name": read["name"], "number": read["number"], "holder_checked": read["holder_checked"]}
    )
