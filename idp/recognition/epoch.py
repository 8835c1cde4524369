"""The keys of the identity HMAC that a hosted anchor gives out, epoch by epoch.

A new epoch begins every year or when a key may have leaked; the one before stays beside it until every province has
worked out the new values of its people, and ends when an operator says so.
"""

import os
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Model, UtcDateTime, db
from idp.errors import Conflict, InvalidInput, NotFound
from idp.federation import announcement
from idp.keys.master_key import MASTER
from idp.recognition import join_key, table


class RecognitionEpoch(Model):
    """One epoch of one anchor; its key is gone when it has ended."""

    __tablename__ = "recognition_epochs"

    anchor_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    sealed_key: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


def in_force(anchor_id: str) -> Sequence[RecognitionEpoch]:
    """Return the epochs that hold, the newest first."""
    wanted = select(RecognitionEpoch).where(
        RecognitionEpoch.anchor_id == anchor_id, RecognitionEpoch.ended_at.is_(None)
    )
    return db.session.scalars(
        wanted.order_by(RecognitionEpoch.begun_at.desc(), RecognitionEpoch.name.desc())
    ).all()


def begin(anchor_id: str, name: str) -> RecognitionEpoch:
    """Begin an epoch with a new key. Raises Conflict when the name was used, or too many hold already."""
    if not table.EPOCH.fullmatch(name):
        raise InvalidInput("epoch_wrong", "an epoch has up to 40 letters, digits, dots and dashes")
    if db.session.get(RecognitionEpoch, (anchor_id, name)) is not None:
        raise Conflict("epoch_exists", "there was such an epoch already")
    if len(in_force(anchor_id)) >= table.MOST_EPOCHS:
        raise Conflict("epochs_full", "end an older epoch first")
    sealed = MASTER.get().seal(os.urandom(join_key.KEY_BYTES), _context(anchor_id, name))
    row = RecognitionEpoch(anchor_id=anchor_id, name=name, sealed_key=sealed, begun_at=clock.now())
    db.session.add(row)
    db.session.flush()
    log.record(EventName.RECOGNITION_EPOCH_BEGUN, anchor=anchor_id, epoch=name)
    announcement.after_commit(anchor_id)
    return row


def end(anchor_id: str, name: str) -> None:
    """End an epoch: its key is destroyed. Raises NotFound, Conflict for the last one that holds."""
    row = db.session.get(RecognitionEpoch, (anchor_id, name))
    if row is None or row.ended_at is not None:
        raise NotFound("epoch_unknown", "there is no such epoch")
    if len(in_force(anchor_id)) == 1:
        raise Conflict("epoch_last", "begin another epoch first: without any nobody is known again")
    row.ended_at, row.sealed_key = clock.now(), ""
    db.session.flush()
    log.record(EventName.RECOGNITION_EPOCH_ENDED, anchor=anchor_id, epoch=name)
    announcement.after_commit(anchor_id)


def key_of(row: RecognitionEpoch) -> join_key.Key:
    """Return its key; raises MasterKeyError for a row that is not ours."""
    return join_key.Key(row.name, MASTER.get().open(row.sealed_key, _context(row.anchor_id, row.name)))


def _context(anchor_id: str, name: str) -> str:
    return f"recognition_epochs.key:{anchor_id}:{name}"
