"""``network-id``: a presentation of a network identity 网证, which tells a pseudonym and neither name nor number.

Who asks with a name and a number learns whether they are the holder's.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from idp.identifiers import person_name
from idp.sandbox.registers import presentations
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, REFUSED, Told, text
from idp.sandbox.registers.records import ALIVE
from idp.sandbox.registers.registry import Registry

NAME = "network-id"
LONGEST = 8192


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Check the presentation; each works once."""
    shown = registry.presentations.find(text(question, "presentation", LONGEST), presentations.NETWORK_ID)
    if shown is None:
        return Told(NOT_FOUND)
    compared = "number" in question
    number, name = (text(question, "number"), text(question, "name")) if compared else ("", "")
    citizen = registry.find_by_pseudonym(shown["sub"])
    if citizen is None or citizen.status != ALIVE or not registry.presentations.use(shown):
        return Told(REFUSED)
    if compared and not (citizen.number == number and person_name.is_same(citizen.name, name)):
        return Told(MISMATCH, {"holder": MISMATCH})
    valid_until = datetime.fromtimestamp(shown["valid_until"], UTC).isoformat()
    found = {"pseudonym": shown["sub"], "valid_until": valid_until}
    return Told(MATCH, found | ({"holder": MATCH} if compared else {}))
