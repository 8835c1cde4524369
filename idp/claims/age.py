"""Predicates on age, so that a site need not get a birth date: ``age_over_18``, ``age_band``. Asked for by name only.

The bands follow the ages at which the law changes what a person may do or is entitled to (domain §4).
"""

from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.accounts import identity
from idp.claims.about import About
from idp.mandates import age

ITEMS: dict[str, tuple[str, ...]] = {"age_over_18": ("age_over_18",), "age_band": ("age_band",)}
ADULT = 18
# The first year of each band.
BANDS = (0, 8, 14, 16, 18, 60, 80)


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return both predicates for a person whose number, while it is proven (P2), says a birth date, else nothing."""
    del asked
    now = clock.now()
    # Not what somebody typed once: who has no such number has no proven age.
    held = identity.of(about.account) if about.has_known_facts(now) else None
    document = held.document() if held else None
    if document is None or document.birth_date is None:
        return {}
    years = age.years(document.birth_date, now)
    return {"age_over_18": years >= ADULT, "age_band": band(years)}


def band(years: int) -> str:
    """Return the band that *years* fall into: ``14-15``, ``80+``."""
    first = max(start for start in BANDS if start <= years)
    later = [start for start in BANDS if start > years]
    return f"{first}-{later[0] - 1}" if later else f"{first}+"
