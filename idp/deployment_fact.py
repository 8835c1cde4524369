"""What was once done to this deployment and can never be taken back, written where its data is.

A command that starts the provider asks with `read`, before there is an application; requests never do.
"""

from sqlalchemy import String, create_engine, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column

from idp import clock
from idp.db import Model, UtcDateTime, insert_if_absent
from idp.errors import Unavailable

# People whose passwords stand in the documentation live here.
SANDBOX_DATA = "sandbox_data"

CONNECT_SECONDS = 3


class DeploymentFact(Model):
    """One fact, and since when it is one."""

    __tablename__ = "deployment_facts"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    created_at: Mapped[object] = mapped_column(UtcDateTime)


def note(name: str) -> None:
    """Write the fact down, once. The caller commits."""
    insert_if_absent(DeploymentFact, name=name, created_at=clock.now())


def read(database_url: str) -> frozenset[str]:
    """Return the names of all facts of the database at that URL; raises Unavailable when it cannot be asked."""
    arguments = {"connect_timeout": CONNECT_SECONDS} if database_url.startswith("postgresql") else {}
    engine = create_engine(database_url, connect_args=arguments)
    try:
        with engine.connect() as connection:
            return frozenset(connection.scalars(select(DeploymentFact.name)))
    except SQLAlchemyError as error:
        reason = type(getattr(error, "orig", None) or error).__name__
        raise Unavailable("database_unavailable", detail=reason) from error
    finally:
        engine.dispose()
