"""The mandate: one row that lets its holder act for its principal. It never comes back once it has ended.

Both sides agree: ``granted_by`` is the person who gave it on the principal's side, ``confirmed_by`` the person who
took it on the holder's side; with both it is active. A handler of an agency firm has the firm as principal and, as
parent, the mandate that the firm holds.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, Uuid, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from idp.db import Json, Model, UtcDateTime, db, partial_index
from idp.errors import NotFound
from idp.keys import field_cipher
from idp.mandates.decision import ACTIVE, ENDED, PROPOSED, Link

MOST_LISTED = 200


class Mandate(Model):
    """The right of ``holder_id`` to act for ``principal_id``. No ``items``: all of them.

    ``review_at``: when the law changes what it gives (a child's birthdays), or when the ending is announced.
    """

    __tablename__ = "mandates"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    principal_id: Mapped[UUID] = mapped_column(Uuid)
    holder_id: Mapped[UUID] = mapped_column(Uuid)
    role: Mapped[str] = mapped_column(String(20))
    items: Mapped[list[str]] = mapped_column(Json)
    level: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    review_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str | None] = mapped_column(String(40))
    proposed_by: Mapped[UUID] = mapped_column(Uuid)
    granted_by: Mapped[UUID | None] = mapped_column(Uuid)
    confirmed_by: Mapped[UUID | None] = mapped_column(Uuid)
    parent_id: Mapped[UUID | None] = mapped_column(Uuid)
    # The number of the court's or the village committee's decision: personal, so it is sealed.
    evidence_sealed: Mapped[str | None] = mapped_column(Text)
    single_use: Mapped[bool]
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rules_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def link(self) -> Link:
        """Return what the decision looks at."""
        return Link(
            id=self.id,
            principal_id=self.principal_id,
            holder_id=self.holder_id,
            role=self.role,
            items=frozenset(self.items),
            level=self.level,
            status=self.status,
            starts_at=self.starts_at,
            expires_at=self.expires_at,
            single_use=self.single_use,
            used=self.used_at is not None,
        )

    @property
    def evidence_number(self) -> str | None:
        """The number of the decision that appointed a guardian, for the two it concerns."""
        if self.evidence_sealed is None:
            return None
        return field_cipher.open_sealed(self.evidence_sealed, evidence_context(self.id))


IS_OPEN = Mandate.ended_at.is_(None)

Index("ix_mandates_holder", Mandate.holder_id, Mandate.status)
Index("ix_mandates_principal", Mandate.principal_id, Mandate.status)
partial_index("ix_mandates_parent", Mandate.parent_id, where=IS_OPEN)
partial_index("ix_mandates_expires", Mandate.expires_at, where=IS_OPEN)
partial_index("ix_mandates_review", Mandate.review_at, where=IS_OPEN)
# One legal representative, and nobody twice in one role: whoever is faster.
partial_index(
    "uq_mandates_representative",
    Mandate.principal_id,
    unique=True,
    where=IS_OPEN & (Mandate.role == "representative"),
)


def find(mandate_id: UUID) -> Mandate | None:
    """Return the mandate with that id, or None."""
    return db.session.get(Mandate, mandate_id)


def get(mandate_id: UUID) -> Mandate:
    """Return the mandate with that id; raises NotFound."""
    mandate = find(mandate_id)
    if mandate is None:
        raise NotFound("mandate_unknown", detail=str(mandate_id))
    return mandate


def find_text(mandate_id: str) -> Mandate | None:
    """Return the mandate that a form or an address names, or None."""
    try:
        return find(UUID(mandate_id))
    except ValueError:
        return None


def chain(mandate: Mandate, longest: int) -> tuple[Mandate, ...]:
    """Return the mandates from the principal down to *mandate*, one more than *longest* at most.

    A row whose parent is gone or leads in a circle gives a chain that `decision.decide` refuses.
    """
    links = [mandate]
    while links[-1].parent_id is not None and len(links) <= longest:
        parent = find(links[-1].parent_id)
        if parent is None:
            return ()
        links.append(parent)
    return tuple(reversed(links))


def held_by(account_id: UUID, *, status: str = ACTIVE) -> list[tuple[Mandate, Mandate | None]]:
    """Return the mandates of that status that the account holds, each with its parent. One statement."""
    parent = aliased(Mandate)
    rows = db.session.execute(
        select(Mandate, parent)
        .outerjoin(parent, parent.id == Mandate.parent_id)
        .where(Mandate.holder_id == account_id, Mandate.status == status)
        .order_by(Mandate.id.desc())
        .limit(MOST_LISTED)
    )
    return [(mandate, above) for mandate, above in rows]


def of_principal(account_id: UUID, *, before: UUID | None = None, limit: int = 50) -> list[Mandate]:
    """Return the open mandates that were given for the account, newest first, those older than *before*."""
    query = select(Mandate).where(Mandate.principal_id == account_id, Mandate.status.in_((PROPOSED, ACTIVE)))
    if before is not None:
        query = query.where(Mandate.id < before)
    return list(db.session.scalars(query.order_by(Mandate.id.desc()).limit(limit)))


def ended_of(account_id: UUID, limit: int = 20) -> list[Mandate]:
    """Return the latest ended mandates of the account, on either side."""
    either = or_(Mandate.principal_id == account_id, Mandate.holder_id == account_id)
    query = select(Mandate).where(either, Mandate.status == ENDED).order_by(Mandate.id.desc()).limit(limit)
    return list(db.session.scalars(query))


def with_role(principal_id: UUID, roles: Sequence[str]) -> list[Mandate]:
    """Return the active mandates of these roles for the account."""
    query = select(Mandate).where(
        Mandate.principal_id == principal_id, Mandate.status == ACTIVE, Mandate.role.in_(roles)
    )
    return list(db.session.scalars(query.order_by(Mandate.id).limit(MOST_LISTED)))


def evidence_context(mandate_id: UUID) -> str:
    """Return the place in which an evidence number is sealed."""
    return f"mandates.evidence:{mandate_id}"


def values_of(mandate: Mandate) -> dict[str, Any]:
    """Return what an audit event says of the mandate."""
    return {
        "mandate_id": str(mandate.id),
        "role": mandate.role,
        "holder_id": str(mandate.holder_id),
        "items": list(mandate.items),
    }
