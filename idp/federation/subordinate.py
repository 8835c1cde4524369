"""Who stands right below a hosted authority, and what it says of them (OpenID Federation 1.0 §3.1, §8.1).

A subordinate hosted here too is vouched for with the keys it has at that moment; of one that runs elsewhere the keys
are kept as they were when it was added (``subordinates add`` shows their thumbprints). A suspended one is no
subordinate as far as statements and lists go: see `suspension`.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db
from idp.errors import InvalidInput, NotFound
from idp.federation import announcement, federation_key, hosted_entity
from idp.keys import field_cipher

ACTIVE, SUSPENDED = "active", "suspended"
# Their metadata says that they vouch for others (§5.1.1).
FEDERATION_ENTITY = "federation_entity"


class Subordinate(Model):
    """One subordinate of one superior. ``declared``: direct metadata by entity type (§3.1, ``metadata``)."""

    __tablename__ = "federation_subordinates"

    superior_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    sealed_jwks: Mapped[str | None] = mapped_column(Text)
    entity_types: Mapped[list[str]] = mapped_column(Json)
    is_intermediate: Mapped[bool] = mapped_column(Boolean)
    declared: Mapped[dict[str, Any] | None] = mapped_column(Json)
    metadata_policy: Mapped[dict[str, Any] | None] = mapped_column(Json)
    constraints: Mapped[dict[str, Any] | None] = mapped_column(Json)
    extra_claims: Mapped[dict[str, Any]] = mapped_column(Json)
    division_code: Mapped[str] = mapped_column(String(12))
    item_codes: Mapped[list[str]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)
    # The division of the official who suspended it; null while it is active, or when that was done by command.
    suspended_from: Mapped[str | None] = mapped_column(String(12))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_active(self) -> bool:
        """Whether the superior stands behind it now."""
        return self.status == ACTIVE

    @property
    def is_hosted(self) -> bool:
        """Whether its keys are ours to look up, because this deployment hosts it."""
        return self.sealed_jwks is None


Index("ix_federation_subordinates_entity", Subordinate.entity_id, Subordinate.superior_id)
Index(
    "ix_federation_subordinates_kind",
    Subordinate.superior_id,
    Subordinate.is_intermediate,
    Subordinate.entity_id,
)


class SubordinateType(Model):
    """That a subordinate is of an entity type, so that lists by type read no others (§8.2.1)."""

    __tablename__ = "federation_subordinate_types"

    superior_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    entity_type: Mapped[str] = mapped_column(String(100), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(255), primary_key=True)


def find(superior_id: str, entity_id: str) -> Subordinate | None:
    """Return the subordinate, suspended ones too, or None."""
    if not hosted_entity.is_possible(superior_id) or not hosted_entity.is_possible(entity_id):
        return None
    return db.session.get(Subordinate, (superior_id, entity_id))


def get(superior_id: str, entity_id: str) -> Subordinate:
    """Return the subordinate, suspended ones too; raises NotFound."""
    found = find(superior_id, entity_id)
    if found is None:
        raise NotFound("subordinate_unknown", "that entity is no subordinate of this authority")
    return found


def page(superior_id: str, *, after: str = "", limit: int) -> Sequence[Subordinate]:
    """Return subordinates behind *after*, suspended ones too, by identifier."""
    query = select(Subordinate).where(Subordinate.superior_id == superior_id, Subordinate.entity_id > after)
    return db.session.scalars(query.order_by(Subordinate.entity_id).limit(limit)).all()


def superiors_of(entity_id: str, *, limit: int = 100) -> Sequence[Subordinate]:
    """Return the rows in which authorities hosted here vouch for the entity, suspended ones too."""
    query = select(Subordinate).where(Subordinate.entity_id == entity_id)
    return db.session.scalars(query.order_by(Subordinate.superior_id).limit(limit)).all()


def jwks_of(found: Subordinate) -> dict[str, Any]:
    """Return the keys that the superior vouches for; raises MasterKeyError for keys that we did not write."""
    if found.sealed_jwks is None:
        return federation_key.jwks(found.entity_id)
    kept: dict[str, Any] = json.loads(
        field_cipher.open_sealed(found.sealed_jwks, _context(found.superior_id, found.entity_id))
    )
    return kept


def put(
    superior_id: str,
    entity_id: str,
    *,
    entity_types: Sequence[str],
    jwks: Mapping[str, Any] | None = None,
    is_intermediate: bool = False,
    **more: Any,
) -> Subordinate:
    """Add a subordinate, or bring it up to date; one hosted here needs no *jwks* and hints at its superior by itself.

    *more*: names, declared, metadata_policy, constraints, extra_claims, division_code, item_codes; what is not
    given stays as it is. A suspended one stays suspended. Raises NotFound for an unknown superior, InvalidInput.
    """
    superior = hosted_entity.get(superior_id)
    if not superior.is_authority:
        raise InvalidInput("not_an_authority", "this entity vouches for nobody")
    if not hosted_entity.is_possible(entity_id):
        raise InvalidInput("entity_id_invalid", "no entity identifier", field="entity_id")
    if entity_id == superior_id:
        raise InvalidInput("own_subordinate", "no authority stands below itself")
    hosted = hosted_entity.find(entity_id)
    if jwks is None and hosted is None:
        raise InvalidInput("keys_missing", "the keys of an entity that runs elsewhere must be given")
    values = more | {
        "sealed_jwks": None if hosted else _sealed(superior_id, entity_id, jwks or {}),
        "entity_types": sorted(set(entity_types)),
        "is_intermediate": is_intermediate,
    }
    found = find(superior_id, entity_id)
    if found is None:
        found = _insert(superior_id, entity_id, values)
        log.record(EventName.SUBORDINATE_ADDED, entity=entity_id, superior=superior_id)
    elif changed := _changed(found, values, jwks):
        for name in changed:
            setattr(found, name, values[name])
        found.updated_at = clock.now()
        log.record(EventName.SUBORDINATE_UPDATED, entity=entity_id, superior=superior_id, changed=changed)
    else:
        return found
    _put_types(found)
    db.session.flush()
    if hosted is not None and superior_id not in hosted.authority_hints:
        hosted_entity.update(entity_id, authority_hints=[*hosted.authority_hints, superior_id])
    announcement.after_commit(entity_id)
    return found


def remove(superior_id: str, entity_id: str) -> None:
    """Let the superior vouch for the entity no more, for good. Raises NotFound."""
    found = get(superior_id, entity_id)
    db.session.delete(found)
    db.session.execute(_types_of(superior_id, entity_id))
    hosted = hosted_entity.find(entity_id)
    if hosted is not None:
        hints = [hint for hint in hosted.authority_hints if hint != superior_id]
        hosted_entity.update(entity_id, authority_hints=hints)
    db.session.flush()
    log.record(EventName.SUBORDINATE_REMOVED, entity=entity_id, superior=superior_id)
    announcement.after_commit(entity_id)


def blank(now: datetime) -> dict[str, Any]:
    """Return what a new row holds where nothing is given, for one or for many at once."""
    return {
        "names": {},
        "declared": None,
        "metadata_policy": None,
        "constraints": None,
        "extra_claims": {},
        "division_code": "",
        "item_codes": [],
        "status": ACTIVE,
        "reason": None,
        "since": now,
        "created_at": now,
        "updated_at": now,
    }


def _insert(superior_id: str, entity_id: str, values: Mapping[str, Any]) -> Subordinate:
    filled = blank(clock.now()) | dict(values)
    found = Subordinate(superior_id=superior_id, entity_id=entity_id, **filled)
    db.session.add(found)
    db.session.flush()
    return found


def _changed(found: Subordinate, values: Mapping[str, Any], given: Mapping[str, Any] | None) -> list[str]:
    different = {name for name, value in values.items() if getattr(found, name) != value}
    # Sealing the same keys twice gives two texts.
    if values["sealed_jwks"] and found.sealed_jwks and jwks_of(found) == given:
        different.discard("sealed_jwks")
    return sorted(different)


def _put_types(found: Subordinate) -> None:
    db.session.execute(_types_of(found.superior_id, found.entity_id))
    db.session.add_all(
        SubordinateType(superior_id=found.superior_id, entity_type=one, entity_id=found.entity_id)
        for one in found.entity_types
    )


def _types_of(superior_id: str, entity_id: str) -> Any:
    return delete(SubordinateType).where(
        SubordinateType.superior_id == superior_id, SubordinateType.entity_id == entity_id
    )


def _sealed(superior_id: str, entity_id: str, keys: Mapping[str, Any]) -> str:
    return field_cipher.seal(json.dumps(keys), _context(superior_id, entity_id))


def _context(superior_id: str, entity_id: str) -> str:
    return f"federation_subordinates.jwks:{superior_id}:{entity_id}"
