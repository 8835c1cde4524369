"""What hangs below a subordinate: what a suspension cuts off, counted before it happens. Bounded.

Whoever has another superior that stands behind it, outside what is cut off, keeps a way upward.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from idp.db import db
from idp.federation.subordinate import ACTIVE, Subordinate

MOST = 5000
DEEPEST = 12
CHUNK = 400


@dataclass(frozen=True)
class Below:
    """The subordinate itself and all below it.

    ``others``: of these, who keep another way upward; ``is_whole``: everything was counted.
    """

    authorities: int
    sites: int
    others: int
    is_whole: bool


def count(superior_id: str, entity_id: str) -> Below:
    """Return what stands behind *entity_id* by the word of *superior_id*, as far as it is hosted here."""
    own = db.session.get(Subordinate, (superior_id, entity_id))
    kinds = {entity_id: bool(own and own.is_intermediate)}
    level = [entity_id] if own and own.is_intermediate else []
    for _ in range(DEEPEST):
        if not level or len(kinds) > MOST:
            break
        level = _next_level(level, kinds)
    sites = [one for one, is_intermediate in kinds.items() if not is_intermediate]
    return Below(
        authorities=len(kinds) - len(sites),
        sites=len(sites),
        others=len(_kept(superior_id, entity_id, kinds)),
        is_whole=not level and len(kinds) <= MOST,
    )


def stands_above(entity_id: str, lower_id: str) -> bool:
    """Whether *entity_id* is *lower_id*, or one of its superiors here, however far up, suspended ones too."""
    seen, level = {lower_id}, [lower_id]
    for _ in range(DEEPEST):
        if entity_id in seen or not level:
            break
        query = select(Subordinate.superior_id).where(Subordinate.entity_id.in_(level)).limit(CHUNK)
        level = list(set(db.session.scalars(query)) - seen)
        seen.update(level)
    return entity_id in seen


def _next_level(level: list[str], kinds: dict[str, bool]) -> list[str]:
    lower: list[str] = []
    for chunk in _chunks(level):
        left = MOST + 1 - len(kinds)
        if left <= 0:
            break
        query = (
            select(Subordinate.entity_id, Subordinate.is_intermediate)
            .where(Subordinate.superior_id.in_(chunk), Subordinate.status == ACTIVE)
            .limit(left)
        )
        for entity_id, is_intermediate in db.session.execute(query):
            if entity_id not in kinds:
                kinds[entity_id] = is_intermediate
                if is_intermediate:
                    lower.append(entity_id)
    return lower


def _kept(superior_id: str, entity_id: str, kinds: dict[str, bool]) -> set[str]:
    """Return who has a superior that stands behind it outside of what is cut off; below such a one all keep it."""
    kept: set[str] = set()
    for chunk in _chunks(kinds):
        query = select(Subordinate.superior_id, Subordinate.entity_id).where(
            Subordinate.entity_id.in_(chunk), Subordinate.status == ACTIVE
        )
        kept |= {
            subject
            for superior, subject in db.session.execute(query)
            if superior not in kinds and (superior, subject) != (superior_id, entity_id)
        }
    level = [one for one in kept if kinds[one]]
    for _ in range(DEEPEST):
        if not level:
            break
        new = _known_below(level, kinds) - kept
        kept |= new
        level = [one for one in new if kinds[one]]
    return kept


def _known_below(level: list[str], kinds: dict[str, bool]) -> set[str]:
    found: set[str] = set()
    for chunk in _chunks(level):
        query = select(Subordinate.entity_id).where(
            Subordinate.superior_id.in_(chunk), Subordinate.status == ACTIVE
        )
        found |= {one for one in db.session.scalars(query.limit(MOST)) if one in kinds}
    return found


def _chunks(ids: Iterable[str]) -> list[list[str]]:
    whole = list(ids)
    return [whole[start : start + CHUNK] for start in range(0, len(whole), CHUNK)]
