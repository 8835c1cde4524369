"""How Alembic runs here: on a connection that idp.schema opened and locked, or for a developer who makes a migration.

One more migration: change the models, run ``idp migrate``, then

alembic -c migrations/alembic.ini revision --autogenerate --rev-id 0002 -m "what it adds"

and read what it wrote. Revisions are numbered, the greatest is the newest. Add first, remove in a later
release: processes of both versions run while one is rolled out. Migrations import nothing of idp.
"""

import importlib
import pkgutil
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine

import idp
from idp import settings
from idp.db import Json, UtcDateTime, db, make_partial_indexes


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out what the ephemeral store makes for itself."""
    return not (kind == "table" and (name or "").startswith("ephemeral_"))


def render(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our column types as the plain ones they are made of: models change, migrations stay."""
    if kind == "type" and isinstance(value, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(value, Json):
        return "sa.Text()"
    return False


def run(connection: Connection) -> None:
    """Run the migrations on *connection*; the transaction is its owner's."""
    make_partial_indexes()
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        include_name=is_ours,
        render_item=render,
        compare_server_default=True,
        render_as_batch=connection.dialect.name == "sqlite",
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    for module in pkgutil.walk_packages(idp.__path__, "idp."):
        importlib.import_module(module.name)  # every model
    engine = create_engine(settings.load().database_url)
    with engine.begin() as opened:
        run(opened)
