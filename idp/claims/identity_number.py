"""The number of the document that proved who a person is, in full or masked. Asked for by name only, item by item.

Who proved the name by a network number 网号 has no number to give (Order 173), and gets the same service without.
"""

from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.accounts import identity
from idp.claims.about import About
from idp.identifiers import document

ITEMS: dict[str, tuple[str, ...]] = {
    "identity_type": ("identity_type",),
    "identity_number_masked": ("identity_number_masked",),
    "identity_number": ("identity_number",),
}
SENSITIVE = ("identity_number",)


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return kind and number of the document while the proof holds; nothing for organisations (``enterprise``)."""
    del asked
    held = identity.of(about.account) if about.has_known_facts(clock.now()) else None
    if held is None or held.type not in document.ALL:
        return {}
    return {
        "identity_type": held.type,
        "identity_number_masked": held.masked(),
        "identity_number": held.number,
    }
