"""Chains kept in the database, so that a new process begins with them and an entity outlives the loss of a superior.

Only chains with statements from elsewhere are kept: what is hosted here is found as fast. A row counts for nothing by
itself: whoever reads one verifies it and asks its superiors again (`resolution`).
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, String, delete
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, logs
from idp.db import Json, Model, UtcDateTime, db, surviving, upsert
from idp.federation.discovery import Candidate, Edge

LOG = logs.get(__name__)


class TrustChainRow(Model):
    """The chain of an entity to the anchor that was asked for (``""``: to any)."""

    __tablename__ = "federation_trust_chains"

    entity_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    wanted_anchor: Mapped[str] = mapped_column(String(255), primary_key=True)
    tokens: Mapped[list[str]] = mapped_column(Json)
    edges: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index("ix_federation_trust_chains_expires_at", TrustChainRow.expires_at)


def find(entity_id: str, wanted_anchor: str) -> Candidate | None:
    """Return what is kept and has not ended, or None (also while the database is away)."""
    return surviving(lambda: _find(entity_id, wanted_anchor), away=lambda: None)


def keep(entity_id: str, wanted_anchor: str, candidate: Candidate, expires_at: int) -> None:
    """Keep a chain in place of the one before; no error while the database is away."""
    values = {
        "tokens": list(candidate.tokens),
        "edges": [asdict(edge) for edge in candidate.edges],
        "expires_at": datetime.fromtimestamp(expires_at, UTC),
        "updated_at": clock.now(),
    }
    _change(lambda: upsert(TrustChainRow, {"entity_id": entity_id, "wanted_anchor": wanted_anchor}, values))


def forget(entity_id: str, wanted_anchor: str) -> None:
    """Keep it no longer."""
    ours = (TrustChainRow.entity_id == entity_id, TrustChainRow.wanted_anchor == wanted_anchor)
    _change(lambda: db.session.execute(delete(TrustChainRow).where(*ours)))


def sweep() -> int:
    """Delete what has ended; return how many (worker job). The caller commits."""
    ended = delete(TrustChainRow).where(TrustChainRow.expires_at < clock.now())
    return len(db.session.scalars(ended.returning(TrustChainRow.entity_id)).all())


def _find(entity_id: str, wanted_anchor: str) -> Candidate | None:
    row = db.session.get(TrustChainRow, (entity_id, wanted_anchor))
    if row is None or row.expires_at <= clock.now():
        return None
    edges = tuple(Edge(**edge) for edge in row.edges)
    return Candidate((entity_id, *(edge.superior_id for edge in edges)), tuple(row.tokens), edges)


def _change(write: Callable[[], object]) -> None:
    surviving(
        write, away=lambda: LOG.warning("a trust chain is kept in this process only: the database is away")
    )
