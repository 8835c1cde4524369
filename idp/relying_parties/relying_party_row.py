"""A relying party at rest: the metadata it was registered with, digests of its secrets, its status.

The metadata is kept as it was given, without defaults and without secrets, and is parsed when it is loaded.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Integer, LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column, validates

from idp.db import Json, Model, UtcDateTime, db, partial_index
from idp.relying_parties.relying_party import StoredSecret

ACTIVE, DISABLED = "active", "disabled"
LINKING = ("account_linking_uri", "account_check_uri")


class RelyingPartyRow(Model):
    """One row for each relying party; nothing on a hot path reads it but a miss of the cache."""

    __tablename__ = "relying_parties"

    client_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    given: Mapped[dict[str, Any]] = mapped_column("metadata", Json)
    secret_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    # The secret before the last rotation, while deployments still use it.
    old_secret_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    old_secret_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    status: Mapped[str] = mapped_column(String(10), default=ACTIVE)
    version: Mapped[int] = mapped_column(Integer, default=1)
    # How a member of the federation came to be known; None: an operator registered it. `federated` writes these.
    registration: Mapped[str | None] = mapped_column(String(10))
    trust_anchor: Mapped[str | None] = mapped_column(String(255))
    # Entity identifiers, its own first.
    chain_path: Mapped[list[str] | None] = mapped_column(Json)
    chain_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Items of data that its trust marks, or those it lacks, keep from it.
    withheld: Mapped[list[str] | None] = mapped_column(Json)
    # Whether its metadata says how an older account there is linked; null for rows of before that.
    offers_linking: Mapped[bool | None] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def superior(self) -> str:
        """The authority right above a member of the federation; empty for everybody else."""
        path = self.chain_path or []
        return path[1] if len(path) > 1 else ""

    @property
    def secrets(self) -> tuple[StoredSecret, ...]:
        """Return the secrets that work now or until a moment to come."""
        current = [StoredSecret(self.secret_digest)] if self.secret_digest else []
        old = [StoredSecret(self.old_secret_digest, self.old_secret_until)] if self.old_secret_digest else []
        return tuple(current + old)

    @validates("given")
    def _without_secret(self, _name: str, given: dict[str, Any]) -> dict[str, Any]:
        if "client_secret" in given:
            msg = "secrets are kept as digests only"
            raise ValueError(msg)
        self.offers_linking = any(given.get(name) for name in LINKING)
        return given


_OFFERS_LINKING = RelyingPartyRow.offers_linking.is_(True)
partial_index(
    "ix_relying_parties_linking",
    RelyingPartyRow.client_id,
    where=_OFFERS_LINKING,
)


def find(client_id: str) -> RelyingPartyRow | None:
    """Return the row, or None."""
    return db.session.get(RelyingPartyRow, client_id)


def find_all(client_ids: AbstractSet[str]) -> Sequence[RelyingPartyRow]:
    """Return the rows there are."""
    return db.session.scalars(select(RelyingPartyRow).where(RelyingPartyRow.client_id.in_(client_ids))).all()


def lock(client_id: str) -> None:
    """Let nobody else pass here for this relying party until the present transaction ends."""
    db.session.execute(
        select(RelyingPartyRow.client_id).where(RelyingPartyRow.client_id == client_id).with_for_update()
    )


def page(after: str = "", limit: int = 100) -> list[RelyingPartyRow]:
    """Return the next rows in the order of their ids, beginning behind *after*."""
    rows = select(RelyingPartyRow).where(RelyingPartyRow.client_id > after)
    return list(db.session.execute(rows.order_by(RelyingPartyRow.client_id).limit(limit)).scalars())


def page_of_linking(after: str = "", limit: int = 100) -> list[str]:
    """Return the next ids of active relying parties where an older account can be linked, beginning behind *after*."""
    rows = select(RelyingPartyRow.client_id).where(
        _OFFERS_LINKING, RelyingPartyRow.status == ACTIVE, RelyingPartyRow.client_id > after
    )
    return list(db.session.scalars(rows.order_by(RelyingPartyRow.client_id).limit(limit)))
