"""Lists of who stands right below a hosted authority, filtered and by pages (OpenID Federation 1.0 §8.2).

By key: a page costs the same wherever it begins and however many there are. Suspended ones are in no list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, or_, select

from idp import clock
from idp.db import db
from idp.federation.issued_trust_mark import IssuedTrustMark
from idp.federation.subordinate import ACTIVE, Subordinate, SubordinateType

# What a list without an end of its own is read in.
STEP = 1000


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which subordinates are wanted; what is None or empty filters nothing (§8.2.1)."""

    entity_types: Sequence[str] = ()
    intermediate: bool | None = None
    trust_marked: bool = False
    trust_mark_type: str = ""


def page(superior_id: str, filters: Filters, *, start: str = "", limit: int) -> tuple[list[str], str | None]:
    """Return at most *limit* entity identifiers from *start* on, and where the next page begins (None: nowhere)."""
    query = _query(superior_id, filters).where(Subordinate.entity_id >= start)
    found = list(db.session.scalars(query.order_by(Subordinate.entity_id).limit(limit + 1)))
    return found[:limit], found[limit] if len(found) > limit else None


def every(superior_id: str, filters: Filters) -> list[str]:
    """Return all of them, read step by step."""
    found: list[str] = []
    start: str | None = ""
    while start is not None:
        more, start = page(superior_id, filters, start=start, limit=STEP)
        found += more
    return found


def _query(superior_id: str, filters: Filters) -> Select[str]:
    query = select(Subordinate.entity_id).where(
        Subordinate.superior_id == superior_id, Subordinate.status == ACTIVE
    )
    if filters.intermediate is not None:
        query = query.where(Subordinate.is_intermediate.is_(filters.intermediate))
    if filters.entity_types:
        typed = select(SubordinateType.entity_id).where(
            SubordinateType.superior_id == superior_id, SubordinateType.entity_type.in_(filters.entity_types)
        )
        query = query.where(Subordinate.entity_id.in_(typed))
    if filters.trust_marked or filters.trust_mark_type:
        query = query.where(Subordinate.entity_id.in_(_marked(superior_id, filters.trust_mark_type)))
    return query


def _marked(issuer_id: str, trust_mark_type: str) -> Any:
    """Who holds a mark that this authority gave and that counts now."""
    query = (
        select(IssuedTrustMark.subject_id)
        .where(IssuedTrustMark.issuer_id == issuer_id, IssuedTrustMark.revoked_at.is_(None))
        .where(or_(IssuedTrustMark.expires_at.is_(None), IssuedTrustMark.expires_at > clock.now()))
    )
    return query.where(IssuedTrustMark.trust_mark_type == trust_mark_type) if trust_mark_type else query
