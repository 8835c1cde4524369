"""The row of a consent record, and reading it: the present state of what one account allowed one relying party.

Its history is `event`; what may happen to it is `record`.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, Index, Integer, LargeBinary, String, Uuid, select, text, true
from sqlalchemy.orm import Mapped, mapped_column

from idp.consent.decision import Given
from idp.db import Json, Model, UtcDateTime, db, insert_if_absent, partial_index
from idp.errors import Conflict
from idp.uuid7 import uuid7

# Where a record's hash chain begins.
BEGINNING = bytes(32)

HELD, WITHDRAWN, EXPIRED, REFUSED, BY_LAW = ("held", "withdrawn", "expired", "refused", "by_law")


class ConsentRecord(Model):
    """What holds between one account and one relying party. ``items`` are by consent, ``by_law`` by statutory duty.

    ``record_id`` names the record (and is the grant_id of Grant Management); a record that is superseded goes on as
    events only. ``head_number`` and ``head_hash`` are the end of its chain of events.
    """

    __tablename__ = "consent_records"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(Uuid, nullable=True, unique=True)
    items: Mapped[list[str]] = mapped_column(Json)
    seen: Mapped[list[str]] = mapped_column(Json)
    by_law: Mapped[list[str]] = mapped_column(Json, server_default="[]")
    # Until then it was told what is released by law; null when nothing is.
    by_law_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purpose_digest: Mapped[str] = mapped_column(String(64))
    policy_version: Mapped[str] = mapped_column(String(200), server_default=text("''"))
    legal_basis: Mapped[str] = mapped_column(String(40))
    # Whether anything was ever allowed; else it was only refused, or only noted.
    was_given: Mapped[bool] = mapped_column(Boolean, server_default=true())
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # When it was written down that it has run out.
    expired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The birthday from which on the person decides anew; null when none comes.
    of_age_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What the person took back themselves and has not given again: nobody else gives it.
    withdrawn_items: Mapped[list[str]] = mapped_column(Json, server_default="[]")
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_items: Mapped[list[str]] = mapped_column(Json, server_default="[]")
    # When nothing of it held any more; null while something does.
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who said so for the account; null when it was the person.
    given_by: Mapped[UUID | None] = mapped_column(Uuid)
    withdrawn_by: Mapped[UUID | None] = mapped_column(Uuid)
    head_number: Mapped[int] = mapped_column(Integer, server_default="0")
    head_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # The event by which what holds now was given; its document is the receipt.
    given_number: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (Index("ix_consent_records_ended_at", "ended_at"),)

    def state(self, now: datetime) -> str:
        """Return what is true of it now: held, withdrawn, expired, refused (nothing ever given), by_law."""
        if not self.was_given:
            return BY_LAW if self.by_law else REFUSED
        if self.withdrawn_at is not None:
            return WITHDRAWN
        return HELD if now < self.expires_at else EXPIRED

    def allowed_items(self, now: datetime) -> frozenset[str]:
        """Return what may be released now, by consent and by law."""
        by_consent = self.items if self.state(now) == HELD else ()
        return frozenset(by_consent) | frozenset(self.by_law)

    @property
    def is_withheld(self) -> bool:
        """Whether the person took it back as a whole, so that nobody acting for them gives it again."""
        return self.withdrawn_at is not None and self.withdrawn_by is None


# What the job of `retention` looks for: few rows, however old the table.
_RUNS = ConsentRecord.expired_at.is_(None) & ConsentRecord.withdrawn_at.is_(None)
partial_index("ix_consent_records_running", ConsentRecord.expires_at, where=_RUNS)
_OPEN = ConsentRecord.ended_at.is_(None)
partial_index("ix_consent_records_by_law", ConsentRecord.by_law_until, where=_OPEN)


def given_of(row: ConsentRecord) -> Given:
    """Return the row as the value that `decision.decide` takes."""
    return Given(
        items=frozenset(row.items),
        seen=frozenset(row.seen),
        purpose=row.purpose_digest,
        expires_at=row.expires_at,
        withdrawn=row.withdrawn_at is not None,
        withheld=row.is_withheld,
        by_law=frozenset(row.by_law),
        by_law_until=row.by_law_until,
        was_given=row.was_given,
        given_at=row.given_at,
        of_age_at=row.of_age_at,
        withheld_items=frozenset(row.withdrawn_items),
        refused_at=row.refused_at,
        refused_items=frozenset(row.refused_items),
        policy_version=row.policy_version,
    )


def find_row(account_id: UUID, client_id: str) -> ConsentRecord | None:
    """Return the record of this account at this relying party, or None."""
    return db.session.get(ConsentRecord, (account_id, client_id))


def find(account_id: UUID, client_id: str) -> Given | None:
    """Return what was decided before, for `decision.decide`; one query (`held.find` mostly needs none)."""
    row = find_row(account_id, client_id)
    return None if row is None else given_of(row)


def find_locked(account_id: UUID, client_id: str) -> ConsentRecord | None:
    """Return the record as it is in the database, and keep others from changing it until this transaction ends."""
    key = (account_id, client_id)
    return db.session.get(ConsentRecord, key, with_for_update=True, populate_existing=True)


def take(account_id: UUID, client_id: str, legal_basis: str, now: datetime) -> ConsentRecord:
    """Return the record, locked; an empty one is begun where there is none. Of two that begin it one waits."""
    row = find_locked(account_id, client_id)
    if row is not None:
        return row
    insert_if_absent(
        ConsentRecord,
        account_id=account_id,
        client_id=client_id,
        record_id=uuid7(),
        items=[],
        seen=[],
        purpose_digest="",
        legal_basis=legal_basis,
        was_given=False,
        given_at=now,
        expires_at=now,
    )
    made = find_locked(account_id, client_id)
    if made is None:
        raise Conflict("consent_record_gone", detail=client_id)
    return made


def find_by_id(record_id: UUID) -> ConsentRecord | None:
    """Return the record of that id while it is the present one, or None."""
    return db.session.scalars(select(ConsentRecord).where(ConsentRecord.record_id == record_id)).one_or_none()


def of_account(account_id: UUID) -> list[ConsentRecord]:
    """Return every record of the account, by relying party."""
    wanted = select(ConsentRecord).where(ConsentRecord.account_id == account_id)
    return list(db.session.scalars(wanted.order_by(ConsentRecord.client_id)))
