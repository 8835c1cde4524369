"""``licence``: an electronic business licence 电子营业执照, shown by its holder."""

from collections.abc import Mapping
from typing import Any

from idp.identifiers import typed
from idp.sandbox.registers import presentations
from idp.sandbox.registers.question import MATCH, MISMATCH, NOT_FOUND, REFUSED, Told, text
from idp.sandbox.registers.records import ACTIVE
from idp.sandbox.registers.registry import Registry
from idp.sandbox.registers.sources.enterprise import representative

NAME = "licence"
LONGEST = 8192


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Check the licence's signature, that it is this enterprise's, and that the enterprise exists; it works once."""
    uscc = typed.normalized(text(question, "uscc"))
    shown = registry.presentations.find(text(question, "licence", LONGEST), presentations.LICENCE)
    enterprise = registry.find_enterprise(shown["uscc"]) if shown else None
    if shown is None or enterprise is None:
        return Told(NOT_FOUND)
    if enterprise.uscc != uscc:
        return Told(MISMATCH)
    if enterprise.status != ACTIVE or not registry.presentations.use(shown):
        return Told(REFUSED, {"status": enterprise.status})
    return Told(
        MATCH,
        {
            "name": enterprise.name,
            "status": enterprise.status,
            "representative": representative(registry, enterprise),
        },
    )
