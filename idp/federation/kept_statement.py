"""What entities elsewhere said last, kept until it ends, for the time in which they do not answer.

So that a new site of a county is found though the province is away (OpenID Federation 1.0 §10.1 leaves that open). Only
statements of chains that held are kept; what a superior says no longer is forgotten at once.
"""

import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Index, String, Text, delete, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, logs
from idp.bounded import Bounded
from idp.db import Model, UtcDateTime, db, surviving, upsert
from idp.federation.entity_statement import EntityStatement
from idp.per_app import PerApp

ENTRIES = 10_000
LIFE_SECONDS = 86_400.0
LOG = logs.get(__name__)

# Who speaks of whom; an entity of itself.
Edge = tuple[str, str]


class KeptStatement(Model):
    """One statement, or a configuration where both are the same."""

    __tablename__ = "federation_kept_statements"

    entity_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    superior_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


Index("ix_federation_kept_statements_expires_at", KeptStatement.expires_at)


class Written:
    """What this process wrote already: most statements are those of many chains."""

    def __init__(self) -> None:
        self._tokens: Bounded[Edge, int] = Bounded(ENTRIES, LIFE_SECONDS)
        self._lock = threading.Lock()

    def missing(self, statements: Sequence[EntityStatement]) -> list[EntityStatement]:
        """Return those that are to be written."""
        with self._lock:
            return [one for one in statements if self._tokens.get((one.iss, one.sub)) != hash(one.token)]

    def note(self, statements: Sequence[EntityStatement]) -> None:
        """Remember that these are written."""
        with self._lock:
            for one in statements:
                self._tokens.put((one.iss, one.sub), hash(one.token))

    def forget(self, edges: Sequence[Edge]) -> None:
        """Remember that these are written no more."""
        with self._lock:
            for edge in edges:
                self._tokens.forget(edge)


WRITTEN: PerApp[Written] = PerApp("federation_kept_statements")


def keep(statements: Sequence[EntityStatement]) -> None:
    """Keep these in place of those before; no error while the database is away."""
    missing = WRITTEN.get().missing(statements)
    if not missing:
        return
    is_callers = db.session().in_transaction()
    if not surviving(lambda: _write(missing), away=lambda: 0):
        LOG.warning("statements are not kept: the database is away", count=len(missing))
    elif not is_callers:  # the caller's may yet be rolled back
        WRITTEN.get().note(missing)


def find(edges: Sequence[Edge]) -> Mapping[Edge, str]:
    """Return what is kept and has not ended of these; nothing while the database is away."""
    if not edges:
        return {}
    wanted = select(KeptStatement.superior_id, KeptStatement.entity_id, KeptStatement.token).where(
        tuple_(KeptStatement.superior_id, KeptStatement.entity_id).in_(edges),
        KeptStatement.expires_at > clock.now(),
    )
    return surviving(
        lambda: {(row[0], row[1]): row[2] for row in db.session.execute(wanted)},
        away=dict,
    )


def forget(edges: Sequence[Edge]) -> None:
    """Keep these no longer: whoever said so says it no more."""
    kept = list(find(edges))
    if not kept:
        return
    WRITTEN.get().forget(kept)
    gone = delete(KeptStatement).where(tuple_(KeptStatement.superior_id, KeptStatement.entity_id).in_(kept))
    surviving(
        lambda: db.session.execute(gone),
        away=lambda: LOG.warning("statements are still kept: the database is away", count=len(kept)),
    )


def sweep() -> int:
    """Delete what has ended; return how many (worker job). The caller commits."""
    ended = delete(KeptStatement).where(KeptStatement.expires_at < clock.now())
    return len(db.session.scalars(ended.returning(KeptStatement.entity_id)).all())


def _write(statements: Sequence[EntityStatement]) -> int:
    # In one order, so that of two that write at the same time none waits for the other.
    for one in sorted(statements, key=lambda said: (said.sub, said.iss)):
        values: dict[str, Any] = {"token": one.token, "expires_at": datetime.fromtimestamp(one.exp, UTC)}
        upsert(KeptStatement, {"entity_id": one.sub, "superior_id": one.iss}, values)
    return len(statements)
