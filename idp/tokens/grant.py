"""The grant: what one relying party was allowed by one authorization, from the code to the last refresh.

One row, whatever is refreshed: a rotation updates it. The row's id is derived from the code, so that a code used a
second time finds the grant it made (RFC 6749 §4.1.2) although codes themselves are gone.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Index,
    LargeBinary,
    String,
    Text,
    Uuid,
    bindparam,
    delete,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from idp import clock
from idp.accounts.account import ACTIVE, Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db
from idp.sessions import revocation, sid
from idp.sessions.session import Session
from idp.settings import SETTINGS
from idp.tokens.acting import Acting
from idp.tokens.levels import Levels

# A refresh token used this long after its grant ended is merely unknown, no longer reuse.
KEPT = timedelta(days=30)
SWEEP_ROWS = 1000
BATCH = 200


class Grant(Model):
    """One authorization that was redeemed. ``bound`` ones end with their session, the others are offline access."""

    __tablename__ = "grants"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(Uuid)
    client_id: Mapped[str] = mapped_column(String(255))
    session_id: Mapped[UUID] = mapped_column(Uuid)
    bound: Mapped[bool] = mapped_column(Boolean)
    sub: Mapped[str] = mapped_column(String(255))
    scope: Mapped[str] = mapped_column(Text)
    items: Mapped[list[str]] = mapped_column(Json)
    asked: Mapped[dict[str, Any]] = mapped_column(Json)
    methods: Mapped[list[str]] = mapped_column(Json)
    # Values of `Levels`, and of `Acting` where the person acts for another; the ids stand apart to be found by.
    levels_json: Mapped[dict[str, Any]] = mapped_column("levels", Json, default=dict, server_default="{}")
    acting_json: Mapped[dict[str, Any] | None] = mapped_column("acting", Json)
    principal_id: Mapped[UUID | None] = mapped_column(Uuid)
    mandate_id: Mapped[UUID | None] = mapped_column(Uuid)
    auth_time: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The refresh token of the family (tokens/refresh_token.py); null where none was issued.
    refresh_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    successor_sealed: Mapped[str | None] = mapped_column(Text)
    rotated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_grants_account_id_client_id", "account_id", "client_id"),
        Index("ix_grants_session_id", "session_id"),
        Index("ix_grants_principal_id", "principal_id"),
        Index("ix_grants_mandate_id", "mandate_id"),
        Index("ix_grants_expires_at", "expires_at"),
        Index("ix_grants_revoked_at", "revoked_at"),
    )

    @property
    def levels(self) -> Levels:
        """The levels its tokens carry."""
        return Levels.from_json(self.levels_json)

    @property
    def acting(self) -> Acting | None:
        """On whose behalf it is; None for oneself."""
        return Acting(**self.acting_json) if self.acting_json else None

    @property
    def family(self) -> str:
        """What its access tokens are revoked by: this relying party's part of the session, or the grant itself."""
        return sid.of(self.session_id, self.client_id) if self.bound else str(self.id)


def _holds() -> Any:
    now = bindparam("now", type_=UtcDateTime)
    # Aliases, so that a query that reads accounts or sessions itself does not bind these to its own rows.
    holder, principal, session = aliased(Account), aliased(Account), aliased(Session)
    account_active = select(holder.id).where(holder.id == Grant.account_id, holder.status == ACTIVE).exists()
    principal_active = (
        select(principal.id).where(principal.id == Grant.principal_id, principal.status == ACTIVE).exists()
    )
    session_alive = (
        select(session.id)
        .where(session.id == Grant.session_id, session.ended_at.is_(None), session.expires_at > now)
        .exists()
    )
    return (
        Grant.revoked_at.is_(None)
        & (Grant.expires_at > now)
        & account_active
        & (Grant.principal_id.is_(None) | principal_active)
        & (Grant.bound.is_(False) | session_alive)
    )


# SQL condition (parameter ``now``) that a grant counts: not revoked or expired, its account active, its session alive.
# Put together once, as the statement below: building them takes longer than running them.
HOLDS = _holds()
_FIND = select(Grant, Account).where(
    Grant.id == bindparam("grant_id", type_=Uuid), Account.id == Grant.account_id, HOLDS
)


def find_holding(grant_id: UUID) -> tuple[Grant, Account] | None:
    """Return the grant with its account while it counts. One query."""
    row = db.session.execute(_FIND, {"grant_id": grant_id, "now": clock.now()}).first()
    return None if row is None else (row[0], row[1])


def revoke(grant_id: UUID, reason: str) -> Grant | None:
    """Revoke the grant and its refresh token; return it, or None when there was nothing (left) to revoke.

    The caller commits, then calls `forget` with it.
    """
    grant = db.session.execute(
        update(Grant)
        .where(Grant.id == grant_id, Grant.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(Grant)
    ).scalar_one_or_none()
    if grant is not None:
        log.record(
            EventName.GRANT_REVOKED,
            account_id=grant.account_id,
            client_id=grant.client_id,
            grant_id=str(grant.id),
            reason=reason,
        )
    return grant


def in_batches(which: ColumnElement[bool]) -> Iterator[list[Grant]]:
    """Yield the grants of that condition that are not revoked, a BATCH at a time; the caller may commit in between."""
    last = UUID(int=0)
    while True:
        query = (
            select(Grant)
            .where(which, Grant.revoked_at.is_(None), Grant.id > last)
            .order_by(Grant.id)
            .limit(BATCH)
        )
        batch = list(db.session.scalars(query))
        if not batch:
            return
        last = batch[-1].id
        yield batch


def revoke_at_client(session_id: UUID, client_ids: Collection[str], reason: str) -> list[Grant]:
    """Revoke what these relying parties hold from that session, offline access aside."""
    rows = db.session.execute(
        select(Grant.id).where(
            Grant.session_id == session_id,
            Grant.client_id.in_(list(client_ids)),
            Grant.bound.is_(True),
            Grant.revoked_at.is_(None),
        )
    ).scalars()
    return [grant for grant in (revoke(grant_id, reason) for grant_id in rows) if grant is not None]


def revoke_from(session_ids: Collection[UUID], reason: str) -> list[Grant]:
    """Revoke all that came from these sessions, offline access too."""
    wanted = select(Grant.id).where(Grant.session_id.in_(session_ids), Grant.revoked_at.is_(None))
    rows = db.session.scalars(wanted).all()
    return [grant for grant in (revoke(grant_id, reason) for grant_id in rows) if grant is not None]


def forget(grant: Grant) -> None:
    """Make its access tokens inactive at once; called after the commit."""
    revocation.revoke(grant.family, str(grant.id))


def sweep() -> int:
    """Delete some of the grants that ended long ago; return how many. The caller commits (a job of the worker)."""
    before = clock.now() - KEPT
    old = select(Grant.id).where(or_(Grant.expires_at < before, Grant.revoked_at < before)).limit(SWEEP_ROWS)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(Grant).where(Grant.id.in_(ids)))
    return len(ids)


def lifetime() -> timedelta:
    """How long a grant lives without being refreshed."""
    return timedelta(seconds=SETTINGS.get().lifetimes.refresh_token)
