"""An application with the ground only (database, ephemeral store), for rooms that stand on nothing else."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from idp.db import db
from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.store import EPHEMERAL
from idp.settings import SETTINGS, Settings


def make_app(url: str) -> Flask:
    """Return an application on the database at *url*, with the tables of every model imported so far."""
    made = Flask("ground")
    made.config["SQLALCHEMY_DATABASE_URI"] = url
    SETTINGS.set(made, Settings(sandbox=True, database_url=url))
    EPHEMERAL.set(made, DatabaseStore(url))
    db.init_app(made)
    with made.app_context():
        db.create_all()
    return made


def close(made: Flask) -> None:
    """Close the connections of `make_app`'s application."""
    with made.app_context():
        db.engine.dispose()
    EPHEMERAL.of(made).close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'main.sqlite3'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    """The application, outside any context."""
    made = make_app(database_url)
    yield made
    close(made)


@pytest.fixture
def count_statements(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """A function that says how many statements another one sends to the database."""

    def count(work: Callable[[], Any]) -> int:
        sent: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            sent.append(statement)

        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", note)
            try:
                work()
            finally:
                event.remove(db.engine, "before_cursor_execute", note)
        return len(sent)

    return count
