"""The consent record: what a person allowed a relying party, kept while it holds and after."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.accounts import account as accounts
from idp.audit import log
from idp.audit.event import EventName
from idp.consent.decision import STATUTORY_DUTY, Asked, Given
from idp.db import Json, Model, UtcDateTime, db, upsert
from idp.errors import Forbidden
from idp.mandates import guardianship

LIFE = timedelta(days=365)


class ConsentRecord(Model):
    """The latest decision of one account about one relying party."""

    __tablename__ = "consent_records"

    account_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    client_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    items: Mapped[list[str]] = mapped_column(Json)
    seen: Mapped[list[str]] = mapped_column(Json)
    purpose_digest: Mapped[str] = mapped_column(String(64))
    legal_basis: Mapped[str] = mapped_column(String(40))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Who said so for the account; null when it was the person.
    given_by: Mapped[UUID | None] = mapped_column(Uuid)
    withdrawn_by: Mapped[UUID | None] = mapped_column(Uuid)


def find(account_id: UUID, client_id: str) -> Given | None:
    """Return what was decided before, for `decision.decide`."""
    row = db.session.get(ConsentRecord, (account_id, client_id))
    if row is None:
        return None
    return Given(
        items=frozenset(row.items),
        seen=frozenset(row.seen),
        purpose=row.purpose_digest,
        expires_at=row.expires_at,
        withdrawn=row.withdrawn_at is not None,
        withheld=_is_withheld(row),
        by_law=row.legal_basis == STATUTORY_DUTY,
    )


def ends_at(account_id: UUID, by: UUID | None, now: datetime) -> datetime:
    """Return until when a consent given now counts: what is given for a child, until it consents alone."""
    child = accounts.find(account_id) if by is not None else None
    alone = guardianship.consents_alone_from(child, now) if child is not None else None
    return min(now + LIFE, alone) if alone is not None else now + LIFE


def save(
    account_id: UUID, client_id: str, asked: Asked, items: frozenset[str], *, by: UUID | None = None
) -> None:
    """Write that *items* of what was *asked* are allowed from now on. What was allowed before and not asked stays.

    *by*: who said so for the account, when it was somebody else. Raises Forbidden ``consent_withdrawn``.
    """
    now = clock.now()
    # Nobody withdraws between looking and writing.
    row = db.session.get(ConsentRecord, (account_id, client_id), with_for_update=True)
    if row is not None and by is not None and _is_withheld(row):
        raise Forbidden("consent_withdrawn")
    kept: frozenset[str] = frozenset()
    seen: frozenset[str] = frozenset()
    if (
        row is not None
        and row.withdrawn_at is None
        and row.expires_at > now
        and row.purpose_digest == asked.purpose
        and row.legal_basis == asked.legal_basis
        # What another allowed does not become what the person allowed.
        and (by is not None or row.given_by is None)
    ):
        kept, seen = frozenset(row.items) - asked.items, frozenset(row.seen)
    values = {
        "items": sorted(items | kept),
        "seen": sorted(asked.items | seen),
        "purpose_digest": asked.purpose,
        "legal_basis": asked.legal_basis,
        "given_at": now,
        "expires_at": ends_at(account_id, by, now),
        "withdrawn_at": None,
        "given_by": by,
        "withdrawn_by": None,
    }
    upsert(ConsentRecord, {"account_id": account_id, "client_id": client_id}, values)
    if row is not None:
        db.session.expire(row)
    log.record(
        EventName.CONSENT_GIVEN,
        account_id=account_id,
        client_id=client_id,
        actor=f"account:{by}" if by else None,
        items=sorted(items),
    )


def note_statutory(account_id: UUID, client_id: str, asked: Asked) -> None:
    """Write once that *asked* is released on a statutory basis, so that it can be shown and proven (PIPL art. 35)."""
    given = find(account_id, client_id)
    if given is None or not asked.items <= given.items:
        save(account_id, client_id, asked, asked.items)


def _is_withheld(row: ConsentRecord) -> bool:
    return row.withdrawn_at is not None and row.withdrawn_by is None
