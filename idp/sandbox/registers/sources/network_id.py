"""``network-id``: a presentation of a network identity 网证, which tells a pseudonym and neither name nor number."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from idp.sandbox.registers import presentations
from idp.sandbox.registers.question import MATCH, NOT_FOUND, REFUSED, Told, text
from idp.sandbox.registers.records import ALIVE
from idp.sandbox.registers.registry import Registry

NAME = "network-id"
LONGEST = 8192


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Check the presentation; each works once."""
    shown = registry.presentations.find(text(question, "presentation", LONGEST), presentations.NETWORK_ID)
    if shown is None:
        return Told(NOT_FOUND)
    citizen = registry.find_by_pseudonym(shown["sub"])
    if citizen is None or citizen.status != ALIVE or not registry.presentations.use(shown):
        return Told(REFUSED)
    valid_until = datetime.fromtimestamp(shown["valid_until"], UTC).isoformat()
    return Told(MATCH, {"pseudonym": shown["sub"], "valid_until": valid_until})
