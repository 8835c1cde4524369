"""``assurance_levels_endpoint``: the level policy in force as a document for machines, cached bytes with ETag.

A member of our own beside those of OIDC Discovery §3: which levels there are, what they rest on, the floors, the rule
by which a request is answered. ``acr_values_supported`` (§3) names all values that requests may carry.
"""

import json
from typing import Any

from idp import machine
from idp.assurance import acr, document
from idp.level_policy import current
from idp.level_policy.current import InForce
from idp.machine import Answer, Call, Routes
from idp.per_app import PerApp

# A version that comes into force shows itself within this time.
MAX_AGE_SECONDS = 300


class Rendered:
    """The bytes of the version that was asked for last."""

    def __init__(self) -> None:
        self._last: tuple[InForce, bytes] | None = None

    def of(self, version: InForce) -> bytes:
        """Return the document of *version*, rendered once."""
        last = self._last
        if last is None or (last[0].number, last[0].digest) != (version.number, version.digest):
            last = self._last = (version, _render(version))
        return last[1]


RENDERED: PerApp[Rendered] = PerApp("assurance_levels_document")


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the document and the values of ``acr``."""
    return {
        "assurance_levels_endpoint": f"{issuer}/assurance_levels",
        "acr_values_supported": [*acr.NAMES, acr.ASSISTED],
    }


def assurance_levels(call: Call) -> Answer:
    """Answer the document of the version that holds now."""
    body = RENDERED.get().of(current.in_force())
    return machine.cacheable(call, body, "application/json", MAX_AGE_SECONDS)


def _render(version: InForce) -> bytes:
    content = document.published(
        version.policy,
        number=version.number,
        digest=version.digest,
        effective_from=version.effective_from.isoformat(timespec="seconds"),
    )
    return json.dumps(content, ensure_ascii=False, indent=2).encode()


ROUTES: Routes = {"/assurance_levels": {"GET": assurance_levels}}
