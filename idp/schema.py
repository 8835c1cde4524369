"""The database's schema: bringing it up to date, and knowing whether it is.

All pending migrations run in one transaction, on both databases, so that a failed one leaves the database as
it was; a lock lets one process migrate while others wait. Revisions are numbered: the greatest file is the
newest.
"""

from pathlib import Path

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError

from idp.db import db
from idp.errors import Unavailable

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
# Any constant will do; it is the same in all our processes.
LOCK = 7_305_108_251_940_317_212
PATIENCE_MILLISECONDS = 120_000


class MigrationError(Exception):
    """A migration failed; the database is as it was before."""


def newest() -> str:
    """Return the number of the newest migration that this code knows."""
    return max(
        (file.name.split("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")), default=""
    )


def find_revision() -> str:
    """Return the number of the last migration that ran on the current application's database, or ``""``."""
    try:
        found = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except SQLAlchemyError:
        found = None
    finally:
        db.session.rollback()
    return found or ""


def is_current() -> bool:
    """Whether every migration that this code knows has run (a newer version's may have, too)."""
    return find_revision() >= newest()


def check_current() -> None:
    """Raise Unavailable ``schema_outdated`` when `idp migrate` has still to run."""
    if not is_current():
        raise Unavailable("schema_outdated", "Run idp migrate", retry_after=30)


def take_turn() -> None:
    """Let one process at a time go on from here, until its transaction ends.

    PostgreSQL needs a lock for that; on SQLite a transaction is one already.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    else:
        db.session.connection()


def upgrade(url: str, directory: Path = MIGRATIONS) -> list[str]:
    """Run the pending migrations of *directory* on the database at *url*; return their numbers.

    Raises MigrationError when one fails, or when the database is away; nothing has changed then.
    """
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _set_manners)
    try:
        with engine.begin() as connection:
            return _upgrade(connection, directory)
    except Exception as error:
        raise MigrationError(f"{type(error).__name__}: {error}") from error
    finally:
        engine.dispose()


def _upgrade(connection: Connection, directory: Path) -> list[str]:
    # Alembic is needed by commands only: a serving process stays without it.
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - see above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - see above

    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    before = MigrationContext.configure(connection).get_current_revision() or ""
    config = Config()
    config.set_main_option("script_location", str(directory).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if before and before not in known:
        # A newer version has migrated already; its schema serves us too (add first, remove later).
        return []
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    if connection.dialect.name == "sqlite":
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
        if broken is not None:
            raise MigrationError(f"rows of {broken[0]} refer to nothing")
    return sorted(number for number in known if number > before)


def _set_manners(connection: object, _record: object) -> None:
    # A table that is made anew is dropped first, which must not take its children along. No effect inside a
    # transaction, so it stands here.
    connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[attr-defined]
    connection.execute(f"PRAGMA busy_timeout={PATIENCE_MILLISECONDS}")  # type: ignore[attr-defined]
