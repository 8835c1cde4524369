"""One file per question that the registers answer: ``POST /registers/v1/<NAME>``.

One more: a module with ``NAME`` and ``answer``, added to ALL and to docs/registers.openapi.yaml.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from idp.sandbox.registers.question import Told
from idp.sandbox.registers.registry import Registry
from idp.sandbox.registers.sources import (
    bank,
    chip,
    enterprise,
    enterprise_status,
    face,
    kinship,
    licence,
    network_id,
    operator,
    population,
    population_status,
)


class Source(Protocol):
    """What each source offers."""

    NAME: str

    def answer(self, registry: Registry, question: Mapping[str, Any]) -> Told:
        """Return what the register knows; raises BadQuestion."""


ALL: tuple[Source, ...] = (
    population,
    operator,
    bank,
    face,
    network_id,
    chip,
    enterprise,
    kinship,
    licence,
    population_status,
    enterprise_status,
)
