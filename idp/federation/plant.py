"""Planting: authorities for a province with its prefectures and counties at once, hosted here (`idp federation plant`).

Who lies below whom comes from the table of divisions, never from a code's digits: paths differ in length. Idempotent:
what is there stays as it is. Written in steps, so that a whole country neither fills the memory nor holds up others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert, select

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Base, db
from idp.divisions import tree
from idp.errors import InvalidInput, NotFound
from idp.federation import announcement, federation_key, hosted_entity, subordinate
from idp.federation.federation_key import CURRENT, FederationKey
from idp.federation.hosted_entity import INTERMEDIATE, HostedEntity
from idp.federation.subordinate import FEDERATION_ENTITY, Subordinate, SubordinateType

STEP = 250


@dataclass(frozen=True, slots=True)
class Planned:
    """One authority to plant: below *superior_id*, which is there or comes before it."""

    entity_id: str
    superior_id: str
    name: str
    division_code: str


def province(code: str, *, superior_id: str, base: str, deepest: str = "county") -> Iterator[Planned]:
    """Yield a division and all below it down to the level *deepest*, superiors first.

    Raises NotFound for an unknown division, InvalidInput for a level that is none.
    """
    if deepest not in tree.LEVELS:
        raise InvalidInput(
            "level_unknown", f"the level must be one of {', '.join(tree.LEVELS)}", field="level"
        )
    top = tree.find(code)
    if top is None:
        raise NotFound("division_unknown", f"no division {code} in the table of divisions")
    waiting = [(top, superior_id)]
    last = tree.LEVELS.index(deepest)
    while waiting:
        division, above = waiting.pop()
        entity_id = f"{base}/{division.code}"
        yield Planned(entity_id, above, tree.full_name(division.code) or division.name, division.code)
        below = (child for child in tree.children(division.code) if tree.LEVELS.index(child.level) <= last)
        waiting += [(child, entity_id) for child in below]


def plant(planned: Iterable[Planned]) -> Iterator[int]:
    """Plant them in steps; yield after each step how many of it are new. The caller commits at each.

    Raises NotFound when the superior of the first is no authority hosted here.
    """
    source = iter(planned)
    first = True
    while step := list(islice(source, STEP)):
        if first:
            _check_superior(step[0].superior_id)
            first = False
        yield _plant(step)


def _check_superior(superior_id: str) -> None:
    if not hosted_entity.get(superior_id).is_authority:
        raise InvalidInput("not_an_authority", "this entity vouches for nobody")


def _plant(step: list[Planned]) -> int:
    there = set(
        db.session.scalars(
            select(HostedEntity.entity_id).where(HostedEntity.entity_id.in_([one.entity_id for one in step]))
        )
    )
    missing = [one for one in step if one.entity_id not in there]
    if not missing:
        return 0
    rows = [_rows(one) for one in missing]
    models: tuple[type[Base], ...] = (HostedEntity, FederationKey, Subordinate, SubordinateType)
    for number, model in enumerate(models):
        db.session.execute(insert(model), [row[number] for row in rows])
    log.record(
        EventName.FEDERATION_ENTITY_CREATED,
        entity=missing[0].entity_id,
        planted=len(missing),
        until=missing[-1].entity_id,
    )
    announcement.after_commit(announcement.EVERYTHING)
    return len(missing)


def _rows(one: Planned) -> tuple[Mapping[str, Any], ...]:
    now = clock.now()
    names = {"zh-Hans": one.name}
    key = {"superior_id": one.superior_id, "entity_id": one.entity_id}
    return (
        hosted_entity.blank(
            one.entity_id,
            kind=INTERMEDIATE,
            names=names,
            division_code=one.division_code,
            authority_hints=[one.superior_id],
        ),
        federation_key.row(one.entity_id, CURRENT),
        subordinate.blank(now)
        | key
        | {
            "names": names,
            "division_code": one.division_code,
            "entity_types": [FEDERATION_ENTITY],
            "is_intermediate": True,
            "sealed_jwks": None,
        },
        key | {"entity_type": FEDERATION_ENTITY},
    )
