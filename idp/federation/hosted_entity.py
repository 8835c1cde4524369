"""Entities that this deployment hosts: their rows, and what they say of themselves (OpenID Federation 1.0 §3).

Authorities (``anchor``, ``intermediate``), sites without a server of their own (``leaf``) and the provider itself
(``provider``). Who stands below whom is in `subordinate`, their keys are in `federation_key`, what is signed of them in
`hosted_statement`. Rooms flush, doors commit; once committed, every process hears.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db
from idp.errors import Conflict, InvalidInput, NotFound
from idp.federation import announcement, federation_key

ANCHOR, INTERMEDIATE, LEAF, PROVIDER = KINDS = ("anchor", "intermediate", "leaf", "provider")
AUTHORITIES = (ANCHOR, INTERMEDIATE)
ACTIVE, CLOSED = "active", "closed"
LONGEST_ID = 255
# What may be changed after an entity was founded.
CHANGEABLE = frozenset(
    {
        "authority_hints",
        "constraints",
        "declared",
        "division_code",
        "extra_claims",
        "metadata_policy",
        "names",
        "organization_uscc",
        "status",
        "trust_mark_issuers",
        "trust_mark_owners",
    }
)


class HostedEntity(Model):
    """One entity. ``declared``: its metadata by entity type, without the endpoints that we add.

    ``metadata_policy`` and ``constraints`` hold for all right below it; ``extra_claims`` stand in its configuration.
    """

    __tablename__ = "federation_entities"

    entity_id: Mapped[str] = mapped_column(String(LONGEST_ID), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    names: Mapped[dict[str, str]] = mapped_column(Json)
    division_code: Mapped[str] = mapped_column(String(12))
    organization_uscc: Mapped[str] = mapped_column(String(18))
    declared: Mapped[dict[str, Any]] = mapped_column(Json)
    metadata_policy: Mapped[dict[str, Any] | None] = mapped_column(Json)
    constraints: Mapped[dict[str, Any] | None] = mapped_column(Json)
    authority_hints: Mapped[list[str]] = mapped_column(Json)
    trust_mark_issuers: Mapped[dict[str, Any] | None] = mapped_column(Json)
    trust_mark_owners: Mapped[dict[str, Any] | None] = mapped_column(Json)
    extra_claims: Mapped[dict[str, Any]] = mapped_column(Json)
    status: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def is_authority(self) -> bool:
        """Whether it vouches for others."""
        return self.kind in AUTHORITIES


Index("ix_federation_entities_division", HostedEntity.division_code, HostedEntity.entity_id)


def is_possible(entity_id: str) -> bool:
    """Whether a database can be asked for it at all: entity identifiers are ASCII URLs of at most 255 characters."""
    return 0 < len(entity_id) <= LONGEST_ID and entity_id.isascii() and entity_id.isprintable()


def find(entity_id: str) -> HostedEntity | None:
    """Return the hosted entity, closed ones too, or None."""
    if not is_possible(entity_id):
        return None
    return db.session.get(HostedEntity, entity_id)


def get(entity_id: str) -> HostedEntity:
    """Return the hosted entity; raises NotFound."""
    found = find(entity_id)
    if found is None:
        raise NotFound("entity_unknown", "this deployment does not host an entity of that identifier")
    return found


def page(*, after: str = "", limit: int, authorities_only: bool = False) -> Sequence[HostedEntity]:
    """Return hosted entities behind *after*, by identifier."""
    query = select(HostedEntity).where(HostedEntity.entity_id > after)
    if authorities_only:
        query = query.where(HostedEntity.kind.in_(AUTHORITIES))
    return db.session.scalars(query.order_by(HostedEntity.entity_id).limit(limit)).all()


def of_division(division_code: str, *, limit: int = 100) -> Sequence[HostedEntity]:
    """Return the authorities of exactly that division, by identifier."""
    query = select(HostedEntity).where(
        HostedEntity.division_code == division_code, HostedEntity.kind.in_(AUTHORITIES)
    )
    return db.session.scalars(query.order_by(HostedEntity.entity_id).limit(limit)).all()


def create(
    entity_id: str,
    *,
    kind: str,
    names: Mapping[str, str],
    division_code: str = "",
    organization_uscc: str = "",
    declared: Mapping[str, Any] | None = None,
    authority_hints: Sequence[str] = (),
) -> HostedEntity:
    """Found an entity with a key of its own. Raises Conflict when it is there, InvalidInput."""
    if kind not in KINDS:
        raise InvalidInput("entity_kind_unknown", f"kind must be one of {', '.join(KINDS)}", field="kind")
    if not is_possible(entity_id):
        raise InvalidInput("entity_id_invalid", "no entity identifier", field="entity_id")
    if find(entity_id) is not None:
        raise Conflict("entity_exists", "an entity of that identifier is hosted here already")
    values = {
        "names": dict(names),
        "division_code": division_code,
        "organization_uscc": organization_uscc,
        "declared": dict(declared or {}),
        "authority_hints": list(authority_hints),
    }
    row = HostedEntity(**blank(entity_id, kind=kind, **values))
    db.session.add(row)
    db.session.flush()
    federation_key.create(entity_id)
    log.record(EventName.FEDERATION_ENTITY_CREATED, entity=entity_id, kind=kind, division=division_code)
    announcement.after_commit(entity_id)
    return row


def blank(entity_id: str, *, kind: str, **values: Any) -> dict[str, Any]:
    """Return the values of a new row, for one or for many at once: *values*, and nothing where none is given."""
    now = clock.now()
    nothing: dict[str, Any] = {
        "division_code": "",
        "organization_uscc": "",
        "declared": {},
        "metadata_policy": None,
        "constraints": None,
        "authority_hints": [],
        "trust_mark_issuers": None,
        "trust_mark_owners": None,
        "extra_claims": {},
        "status": ACTIVE,
        "created_at": now,
        "updated_at": now,
    }
    return nothing | {"entity_id": entity_id, "kind": kind} | values


def update(entity_id: str, **changes: Any) -> HostedEntity:
    """Change what the entity says of itself or demands of those below; raises NotFound.

    *changes* are columns of `CHANGEABLE`; the values are the caller's to check (`governing`).
    """
    row = get(entity_id)
    if unknown := changes.keys() - CHANGEABLE:
        raise ValueError(f"not for change: {sorted(unknown)}")
    different = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    if not different:
        return row
    for name in different:
        setattr(row, name, changes[name])
    row.updated_at = clock.now()
    db.session.flush()
    log.record(EventName.FEDERATION_ENTITY_UPDATED, entity=entity_id, changed=different)
    announcement.after_commit(entity_id)
    return row
