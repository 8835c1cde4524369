"""What happened to a consent record, append-only: each event names the one before by its hash, and is signed.

``hash(n) = SHA-256(hash(n-1) || event n)``, one chain for each record. The end of the chain stands in the record's row
and in the audit log, so that an event that was changed, taken out of the middle or cut off the end is found
(`chain.verify_all`). Names are the events of domain §5 and ISO/IEC TS 27560.
"""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Integer, LargeBinary, String, Text, Uuid, select
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.consent import held
from idp.consent.acting_party import ONESELF, ActingParty
from idp.consent.consent_record import BEGINNING, ConsentRecord
from idp.db import Json, Model, UtcDateTime, db
from idp.keys.keyring import KEYRING
from idp.uuid7 import uuid7

NOTICE, GIVEN, SEPARATE_GIVEN = "notice", "given", "separate_given"
REFUSED, RENEWED, WITHDRAWN = "refused", "renewed", "withdrawn"
EXPIRED, SUPERSEDED = "expired", "superseded"
AUDITED = {
    NOTICE: EventName.CONSENT_NOTIFIED,
    GIVEN: EventName.CONSENT_GIVEN,
    SEPARATE_GIVEN: EventName.CONSENT_SEPARATELY_GIVEN,
    REFUSED: EventName.CONSENT_REFUSED,
    RENEWED: EventName.CONSENT_RENEWED,
    WITHDRAWN: EventName.CONSENT_WITHDRAWN,
    EXPIRED: EventName.CONSENT_EXPIRED,
    SUPERSEDED: EventName.CONSENT_SUPERSEDED,
}
NAMES = tuple(AUDITED)
# What has a whole document, of which a receipt can be made.
DOCUMENTED = (GIVEN, RENEWED)
SIGNED_AS = "consent-event+jwt"


class ConsentEvent(Model):
    """One event. ``document`` of given and renewed is everything that was agreed (`document.of`)."""

    __tablename__ = "consent_events"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    name: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    client_id: Mapped[str] = mapped_column(String(255))
    acr: Mapped[str | None] = mapped_column(String(60))
    actor_kind: Mapped[str] = mapped_column(String(10))
    actor_id: Mapped[UUID | None] = mapped_column(Uuid)
    mandate_id: Mapped[UUID | None] = mapped_column(Uuid)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    signature: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_consent_events_account_id_id", "account_id", "id"),
        Index("ix_consent_events_name_at", "name", "at"),
    )

    @property
    def items(self) -> list[str]:
        """The names of the items it is about, whatever its document looks like."""
        return [one if isinstance(one, str) else one["name"] for one in self.document.get("items", ())]


def append(
    record: ConsentRecord,
    name: str,
    document: dict[str, Any],
    *,
    items: Collection[str] = (),
    acting: ActingParty = ONESELF,
    acr: str | None = None,
) -> ConsentEvent:
    """Add an event to the chain of *record*, whose row the caller has locked, and to the audit log.

    *items* are what it is about, for the audit log. The caller flushes and commits.
    """
    made = ConsentEvent(
        account_id=record.account_id,
        record_id=record.record_id,
        number=record.head_number + 1,
        id=uuid7(),
        name=name,
        at=clock.now(),
        client_id=record.client_id,
        acr=acr or None,
        actor_kind=acting.kind,
        actor_id=acting.account_id,
        mandate_id=acting.mandate_id,
        document=document,
        previous_hash=record.head_hash or BEGINNING,
    )
    made.hash = digest(made)
    made.signature = KEYRING.get().sign(statement(made), typ=SIGNED_AS)
    record.head_number, record.head_hash = made.number, made.hash
    db.session.add(made)
    held.changed(record.account_id, record.client_id)
    log.record(
        AUDITED[name],
        account_id=record.account_id,
        client_id=record.client_id,
        actor=acting.audit_actor,
        record_id=str(record.record_id),
        number=made.number,
        event_hash=made.hash,
        items=sorted(items),
        mandate_id=str(acting.mandate_id) if acting.mandate_id else None,
    )
    return made


def digest(event: ConsentEvent) -> bytes:
    """Return the hash of *event* after the one before it."""
    content = [
        str(event.account_id),
        str(event.record_id),
        event.number,
        str(event.id),
        event.name,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.client_id,
        event.acr,
        event.actor_kind,
        None if event.actor_id is None else str(event.actor_id),
        None if event.mandate_id is None else str(event.mandate_id),
        event.document,
    ]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(event.previous_hash + text.encode()).digest()


def statement(event: ConsentEvent) -> dict[str, Any]:
    """Return what is signed of an event."""
    return {"record_id": str(event.record_id), "number": event.number, "hash": event.hash.hex()}


def find(account_id: UUID, record_id: UUID, number: int) -> ConsentEvent | None:
    """Return one event of a record of that account, or None."""
    return db.session.get(ConsentEvent, (account_id, record_id, number))


def of_record(account_id: UUID, record_id: UUID) -> list[ConsentEvent]:
    """Return the events of one record, oldest first."""
    wanted = select(ConsentEvent).where(
        ConsentEvent.account_id == account_id, ConsentEvent.record_id == record_id
    )
    return list(db.session.scalars(wanted.order_by(ConsentEvent.number)))


def of_account(account_id: UUID, before: UUID | None = None, limit: int = 50) -> list[ConsentEvent]:
    """Return the newest events of the account, newest first; *before*: older than the event of that id."""
    wanted = select(ConsentEvent).where(ConsentEvent.account_id == account_id)
    if before is not None:
        wanted = wanted.where(ConsentEvent.id < before)
    return list(db.session.scalars(wanted.order_by(ConsentEvent.id.desc()).limit(limit)))
