"""One audit event: its row, and `record`, which writes it in the caller's transaction.

An event holds ids, names of kinds and digests. A value whose name says that it is secret or personal is
blinded, whoever passes it, and so are numbers of people in a text: a mistake costs information and not privacy.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock, logs
from idp.audit.event import EventName
from idp.db import Json, Model, UtcDateTime, db, partial_index
from idp.uuid7 import uuid7

LONGEST_TEXT = 200
DIGEST_SUFFIXES = ("_digest", "_hash", "_id", "_ids")
# Names that hold a word like "key" and tell nothing personal.
OPEN_NAMES = frozenset({"code_challenge_method", "token_kind"})


class AuditEvent(Model):
    """One event. ``chain_position`` and ``chain_hash`` come when the worker seals it."""

    __tablename__ = "audit_events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    name: Mapped[str] = mapped_column(String(60))
    account_id: Mapped[UUID | None]
    client_id: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    session_id: Mapped[UUID | None]
    actor: Mapped[str | None] = mapped_column(String(LONGEST_TEXT))
    trace_id: Mapped[str] = mapped_column(String(LONGEST_TEXT))
    data: Mapped[dict[str, Any]] = mapped_column(Json)
    chain_position: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    chain_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))


Index("ix_audit_events_account", AuditEvent.account_id, AuditEvent.id)
Index("ix_audit_events_client", AuditEvent.client_id, AuditEvent.id)
Index("ix_audit_events_name", AuditEvent.name, AuditEvent.id)
# Small however long the log grows: what the sealer has still to do.
partial_index(
    "ix_audit_events_unsealed",
    AuditEvent.id,
    where=AuditEvent.chain_position.is_(None),
)

_actor: ContextVar[str | None] = ContextVar("audit_actor", default=None)
_heard: ContextVar[list[UUID] | None] = ContextVar("audit_heard", default=None)


@contextmanager
def acting(actor: str) -> Iterator[list[UUID]]:
    """Name who causes the events in this block when it is not the account itself (``operator:root``).

    The list that the block gets fills with the ids of these events.
    """
    heard: list[UUID] = []
    actor_token, heard_token = _actor.set(actor), _heard.set(heard)
    try:
        yield heard
    finally:
        _actor.reset(actor_token)
        _heard.reset(heard_token)


def record(
    name: EventName,
    /,
    *,
    account_id: UUID | None = None,
    client_id: str | None = None,
    session_id: UUID | None = None,
    actor: str | None = None,
    **data: Any,
) -> None:
    """Write an event in the present transaction: it stands exactly when the change stands."""
    values = row(
        name, account_id=account_id, client_id=client_id, session_id=session_id, actor=actor, data=data
    )
    db.session.add(AuditEvent(**values))
    heard = _heard.get()
    if heard is not None:
        heard.append(values["id"])


def row(
    name: EventName,
    *,
    account_id: UUID | None,
    client_id: str | None,
    session_id: UUID | None,
    actor: str | None,
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the values of an event that happens now."""
    actor = actor or _actor.get()
    return {
        "id": uuid7(),
        "at": clock.now(),
        "name": name.value,
        "account_id": account_id,
        "client_id": _text(client_id) if client_id is not None else None,
        "session_id": session_id,
        "actor": _text(actor) if actor is not None else None,
        "trace_id": _text(logs.trace_id()),
        "data": {key: _value(key, value) for key, value in data.items() if value is not None},
    }


def _value(name: str, value: Any) -> Any:
    if name not in OPEN_NAMES and not name.endswith(DIGEST_SUFFIXES) and logs.is_secret_name(name):
        return logs.BLIND
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [_value("", item) for item in items]
    if isinstance(value, Mapping):
        return {str(key): _value(str(key), item) for key, item in value.items()}
    # Officials write down reasons in their own words.
    return _text(value.hex() if isinstance(value, bytes) else logs.SECRET_TEXT.sub(logs.BLIND, str(value)))


def _text(text: str) -> str:
    # What no database can hold (NUL, lone surrogates) must not make an event fail.
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode().replace("\0", "?")
