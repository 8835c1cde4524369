"""Predicates on age, so that a site need not get a birth date: ``age_over_18``, ``age_band``. Asked for by name only.

The bands follow the ages at which the law changes what a person may do or is entitled to (domain §4).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from idp import clock
from idp.accounts import account as accounts
from idp.claims.about import About
from idp.mandates import age

ITEMS: dict[str, tuple[str, ...]] = {"age_over_18": ("age_over_18",), "age_band": ("age_band",)}
ADULT = 18
# The first year of each band.
BANDS = (0, 8, 14, 16, 18, 60, 80)


def values(about: About, asked: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return both predicates for a person whose birth date is proven (P2), else nothing."""
    del asked
    now = clock.now()
    born = accounts.birthdate_of(about.account)
    if born is None or not about.is_proven(now):
        return {}
    years = age.years(dt.date.fromisoformat(born), now)
    return {"age_over_18": years >= ADULT, "age_band": band(years)}


def band(years: int) -> str:
    """Return the band that *years* fall into: ``14-15``, ``80+``."""
    first = max(start for start in BANDS if start <= years)
    later = [start for start in BANDS if start > years]
    return f"{first}-{later[0] - 1}" if later else f"{first}+"
