"""``enterprise``: is this the name of that code, does the enterprise exist, and who represents it.

Who asks about a person is told only whether it is the representative; else digests stand for the facts.
"""

from collections.abc import Mapping
from typing import Any

from idp.identifiers import person_name, typed
from idp.proofing import register_digest
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, Told, text
from idp.sandbox.registers.records import Enterprise
from idp.sandbox.registers.registry import Registry

NAME = "enterprise"


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Compare code and name, and the representative when one is named."""
    enterprise = registry.find_enterprise(text(question, "uscc"))
    name = text(question, "name")
    if enterprise is None:
        return Told(NOT_FOUND)
    if not person_name.is_same(enterprise.name, name):
        return Told(MISMATCH)
    details: dict[str, Any] = {"status": enterprise.status}
    if "representative_name" in question or "representative_number" in question:
        person, number = text(question, "representative_name"), text(question, "representative_number")
        citizen = registry.find_citizen(enterprise.representative)
        same = (
            citizen is not None
            and citizen.number == typed.normalized(number)
            and person_name.is_same(citizen.name, person)
        )
        return Told(MATCH, details | {"representative": MATCH if same else MISMATCH})
    return Told(MATCH, details | {"representative": representative(registry, enterprise)})


def representative(registry: Registry, enterprise: Enterprise) -> dict[str, str]:
    """Return the digests of the representative's name and number."""
    citizen = registry.find_citizen(enterprise.representative)
    name = citizen.name if citizen else ""
    return {
        "name_digest": register_digest.of_name(enterprise.uscc, name),
        "identity_digest": register_digest.of_number(enterprise.uscc, enterprise.representative),
    }
