"""``enterprise-status``: how things stand with many enterprises, for checking again."""

from collections.abc import Mapping
from typing import Any

from idp.proofing import register_digest
from idp.sandbox.registers.question import MATCH, Told, numbers
from idp.sandbox.registers.registry import Registry
from idp.sandbox.registers.sources.enterprise import representative

NAME = "enterprise-status"
MOST = 500


def answer(registry: Registry, question: Mapping[str, Any]) -> Told:
    """Answer for each code; one that the register does not know is ``unknown``."""
    statuses = {uscc: _status(registry, uscc) for uscc in numbers(question, MOST)}
    return Told(MATCH, {"statuses": statuses})


def _status(registry: Registry, uscc: str) -> dict[str, Any]:
    enterprise = registry.find_enterprise(uscc)
    if enterprise is None:
        return {"status": "unknown"}
    return {
        "status": enterprise.status,
        "name_digest": register_digest.of_name(enterprise.uscc, enterprise.name),
        "representative": representative(registry, enterprise),
    }
