"""The relational database: the declarative base, column types and the engine's manners.

One transaction per request: rooms add and flush, doors commit (`db.commit()`); what is not committed is
rolled back when the application context ends. Nothing here knows any table.
"""

import importlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Index, MetaData, Text, TypeDecorator, event, literal, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import Pool

from idp.errors import Unavailable

T = TypeVar("T")


class Base(DeclarativeBase):
    """Base of every model; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC, on SQLite too (which has no time zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments: they are mistakes."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "naive datetime"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value stored as text, alike on both databases, compact, Unicode kept."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Serialize."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Parse."""
        return None if value is None else json.loads(value)


# What is raised when the database cannot be reached; other errors of SQL are mistakes, which waiting does not mend.
AWAY = (OperationalError, InterfaceError, PoolTimeout)

# Whose turn it is on each SQLite database: one transaction at a time, in this process.
TURN_SECONDS = 5.0
_turns: WeakKeyDictionary[Pool, threading.Lock] = WeakKeyDictionary()

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

# Models derive from this: the real class while running, its typed base for the type checker.
if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def commit() -> None:
    """Commit this request's transaction: state, outbox rows and audit events together.

    Raises Unavailable when the database is away.
    """
    try:
        db.session.commit()
    except OperationalError as error:
        db.session.rollback()
        raise unavailable(error) from error


@contextmanager
def transaction() -> Iterator[None]:
    """Work within the caller's transaction, else in one of its own that is committed at once.

    Nobody elsewhere is waited for with one open: on SQLite it keeps every other writer waiting.
    """
    if db.session().in_transaction():
        yield
        return
    with db.session.begin():
        yield


def surviving(work: Callable[[], T], *, away: Callable[[], T]) -> T:
    """Return what *work* does in a `transaction`, or *away* when the database is lost in one of its own.

    The caller's own transaction cannot go on without the database: there the loss is raised.
    """
    is_callers = db.session().in_transaction()
    try:
        with transaction():
            return work()
    except AWAY:
        if is_callers:
            raise
        return away()


def unavailable(error: DBAPIError) -> Unavailable:
    """Turn a lost database into the error that doors answer with 503 and Retry-After."""
    return Unavailable("database_unavailable", detail=type(error.orig).__name__, retry_after=5)


_partial: list[dict[str, Any]] = []


def partial_index(name: str, *columns: Any, where: Any, unique: bool = False) -> None:
    """Declare an index of the rows for which *where* holds.

    It is made when the schema is looked at (`make_partial_indexes`), for it has every database's module read, drivers
    and all: 3 MB that a process which only serves does not need.
    """
    _partial.append({"name": name, "columns": columns, "where": where, "unique": unique})


@event.listens_for(Base.metadata, "before_create")
def make_partial_indexes(*_event: Any, **_options: Any) -> None:
    """Make the declared partial indexes part of the metadata: before tables are created or compared."""
    while _partial:
        one = _partial.pop(0)
        where = one["where"]
        Index(one["name"], *one["columns"], unique=one["unique"], postgresql_where=where, sqlite_where=where)


def _dialect_insert() -> Any:
    """Return the INSERT of the database in use, the one that knows ON CONFLICT; the other's module stays unread."""
    return importlib.import_module(f"sqlalchemy.dialects.{db.engine.dialect.name}").insert


def insert_if_absent(model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with its key exists; return whether it was inserted. Races end without an error."""
    insert = _dialect_insert()
    # RETURNING tells on both databases; psycopg reports no row count for such a statement.
    statement = insert(model).values(**values).on_conflict_do_nothing().returning(literal(1))
    return db.session.execute(statement).first() is not None


def insert_each_if_absent(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> set[Any]:
    """Do so for several rows at once, each with all its columns; return the ``id`` of those that were inserted."""
    if not rows:
        return set()
    table: Any = model.__table__
    insert = _dialect_insert()
    statement = insert(table).on_conflict_do_nothing().returning(table.c.id)
    return set(db.session.scalars(statement, [dict(row) for row in rows]))


def upsert(
    model: type[Base], key: dict[str, Any], values: dict[str, Any], *, once: dict[str, Any] | None = None
) -> None:
    """Insert a row, or overwrite *values* in the one that has this *key*. Races end without an error.

    What is written *once* stays as it was first.
    """
    insert = _dialect_insert()
    statement = insert(model).values(**key, **values, **(once or {}))
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def ping() -> None:
    """Do one round trip; raises sqlalchemy's OperationalError when the database is away."""
    db.session.execute(text("SELECT 1"))
    db.session.rollback()


@event.listens_for(Engine, "connect")
def _set_sqlite_manners(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        # Transactions are ours (see _begin_immediate), not the driver's.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA busy_timeout=5000")


@event.listens_for(Engine, "begin")
def _begin_immediate(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        # Threads of this process wait here and go on at once; SQLite's own waiting is sleeping, up to 0.1 s at a time.
        turn = _turns.setdefault(connection.engine.pool, threading.Lock())
        connection.info["turn"] = turn if turn.acquire(timeout=TURN_SECONDS) else None
        # A read that turns into a write cannot wait for another writer (SQLITE_BUSY_SNAPSHOT), so every
        # transaction takes its place in the queue at the start, and busy_timeout is honoured.
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except BaseException:
            _end_turn(connection)
            raise


@event.listens_for(Engine, "commit")
def _commit(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        # This event comes before the driver's own commit, which then has nothing left to do, or fails as this did.
        with suppress(sqlite3.Error):
            connection.connection.dbapi_connection.commit()
        _end_turn(connection)


@event.listens_for(Engine, "rollback")
def _rollback(connection: Any) -> None:
    if connection.dialect.name == "sqlite" and not connection.invalidated:
        with suppress(sqlite3.Error):
            connection.connection.dbapi_connection.rollback()
        _end_turn(connection)


@event.listens_for(Pool, "invalidate")
def _invalidate(_dbapi_connection: Any, record: Any, _error: BaseException | None) -> None:
    _end_turn(record)


def _end_turn(connection: Any) -> None:
    turn = connection.info.pop("turn", None)
    if turn is not None:
        turn.release()
