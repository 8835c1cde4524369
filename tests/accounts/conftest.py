"""The rooms on both databases, each with an ephemeral store that goes with it, and a real SMS gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.accounts import home
from tests.accounts.gateway import Gateway


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Where the provider's messages arrive."""
    opened = Gateway()
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def rooms(request: pytest.FixtureRequest, tmp_path: Path, gateway: Gateway) -> Iterator[Flask]:
    """SQLite with its own ephemeral file; PostgreSQL with Redis."""
    if request.param == "sqlite":
        app = home.build(tmp_path, f"sqlite:///{tmp_path / 'main.sqlite3'}", sms_url=gateway.url)
    else:
        database_url = request.getfixturevalue("postgresql_url")
        redis_url = request.getfixturevalue("redis_url")
        app = home.build(tmp_path, database_url, redis_url, sms_url=gateway.url)
    yield app
    home.dispose(app)


@pytest.fixture
def context(rooms: Flask) -> Iterator[Flask]:
    """The same, inside an application context."""
    with rooms.app_context():
        yield rooms
