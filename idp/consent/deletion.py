"""That a consent record was deleted when its time was over, signed: a proof without the record (PIPL art. 47)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, LargeBinary, String, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from idp.db import Model, UtcDateTime, db
from idp.keys.keyring import KEYRING, InvalidToken

SIGNED_AS = "consent-deletion+jwt"


class ConsentDeletion(Model):
    """Which record it was, how long its chain and what its end, and when it ended and was deleted."""

    __tablename__ = "consent_deletions"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255))
    last_number: Mapped[int] = mapped_column(Integer)
    last_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signature: Mapped[str] = mapped_column(Text)


def add(made: ConsentDeletion) -> None:
    """Sign the proof and keep it."""
    made.signature = KEYRING.get().sign(statement(made), typ=SIGNED_AS)
    db.session.add(made)


def find(account_id: UUID, record_id: UUID) -> ConsentDeletion | None:
    """Return the proof, or None."""
    return db.session.get(ConsentDeletion, (account_id, record_id))


def statement(made: ConsentDeletion) -> dict[str, Any]:
    """Return what is signed."""
    return {
        "record_id": str(made.record_id),
        "client_id": made.client_id,
        "last_number": made.last_number,
        "last_hash": made.last_hash.hex() if made.last_hash else None,
        "ended_at": made.ended_at.isoformat(timespec="seconds"),
        "deleted_at": made.deleted_at.isoformat(timespec="seconds"),
    }


def is_ours(made: ConsentDeletion) -> bool:
    """Whether one of our keys, however old, signed exactly this."""
    try:
        return KEYRING.get().verify_ever(made.signature, typ=SIGNED_AS) == statement(made)
    except InvalidToken:
        return False
