"""Which providers a hosted anchor lists for mutual recognition, and what their levels are worth there.

Whether two provinces recognise one another is the anchor's to say, in one place and signed (`published_table`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db
from idp.errors import InvalidInput, NotFound
from idp.federation import announcement, hosted_entity
from idp.recognition import sealed_key, table


class RecognitionMember(Model):
    """One provider in one anchor's table. ``jwk``: what keys are sealed for; null until it was fetched."""

    __tablename__ = "recognition_members"

    anchor_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    entity_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    division_code: Mapped[str] = mapped_column(String(12))
    names: Mapped[dict[str, str]] = mapped_column(Json)
    levels: Mapped[dict[str, int]] = mapped_column(Json)
    jwk: Mapped[dict[str, Any] | None] = mapped_column(Json)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def of_anchor(anchor_id: str) -> Sequence[RecognitionMember]:
    """Return the anchor's members by division."""
    wanted = select(RecognitionMember).where(RecognitionMember.anchor_id == anchor_id)
    ordered = wanted.order_by(RecognitionMember.division_code, RecognitionMember.entity_id)
    return db.session.scalars(ordered.execution_options(populate_existing=True)).all()


def find(anchor_id: str, entity_id: str) -> RecognitionMember | None:
    """Return one member, or None."""
    return db.session.get(RecognitionMember, (anchor_id, entity_id))


def put(
    anchor_id: str, entity_id: str, *, division_code: str, names: Mapping[str, str], levels: Mapping[str, int]
) -> RecognitionMember:
    """List a provider, or change what is said of it. The caller commits.

    Raises InvalidInput ``recognition_wrong`` for what no table can say, NotFound when the anchor is not hosted here.
    """
    if hosted_entity.get(anchor_id).kind != hosted_entity.ANCHOR:
        raise InvalidInput("recognition_wrong", "only an anchor lists who is recognised")
    said = {
        "entity_id": entity_id,
        "division_code": division_code,
        "names": dict(names),
        "levels": dict(levels),
    }
    try:
        table.read_member(said)
    except table.InvalidTable as error:
        raise InvalidInput("recognition_wrong", str(error), detail=str(error)) from error
    row = find(anchor_id, entity_id)
    if row is None:
        if len(of_anchor(anchor_id)) >= table.MOST_PROVIDERS:
            raise InvalidInput("recognition_wrong", "the table is full")
        row = RecognitionMember(anchor_id=anchor_id, entity_id=entity_id)
        db.session.add(row)
    row.division_code, row.names, row.levels = division_code, dict(names), dict(levels)
    row.updated_at = clock.now()
    db.session.flush()
    log.record(EventName.RECOGNITION_MEMBER_LISTED, anchor=anchor_id, entity=entity_id, levels=dict(levels))
    announcement.after_commit(anchor_id)
    return row


def remove(anchor_id: str, entity_id: str) -> None:
    """Recognise that provider no longer. Raises NotFound."""
    row = find(anchor_id, entity_id)
    if row is None:
        raise NotFound("member_unknown", "that provider is not in the table")
    db.session.delete(row)
    db.session.flush()
    log.record(EventName.RECOGNITION_MEMBER_REMOVED, anchor=anchor_id, entity=entity_id)
    announcement.after_commit(anchor_id)


def note_key(row: RecognitionMember, jwk: object) -> bool:
    """Keep what keys are to be sealed for; return whether it is another one. Raises ValueError for no such key."""
    public = dict(sealed_key.public_key(jwk).as_dict(private=False))
    public.pop("kid", None)
    if row.jwk == public:
        return False
    row.jwk, row.updated_at = public, clock.now()
    db.session.flush()
    announcement.after_commit(row.anchor_id)
    return True
