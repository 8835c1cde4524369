"""A provider of one's own for each test, on each kind of database, with a real SMS gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from idp.db import Base, commit, db
from idp.keys.secret import Secret
from idp.keys.signing_key import SigningKey
from idp.local_limit import LOCAL_LIMIT
from idp.setting_sections import Limits, Sms
from tests.accounts.gateway import Gateway
from tests.provider import Provider, Template
from tests.services import postgresql, redis_server

KEPT = {Secret.__tablename__, SigningKey.__tablename__}


@pytest.fixture(scope="session")
def gateway_service() -> Iterator[Gateway]:
    """One gateway for the run."""
    opened = Gateway()
    yield opened
    opened.close()


@pytest.fixture
def gateway(gateway_service: Gateway) -> Gateway:
    """Where the provider's messages arrive; none yet."""
    gateway_service.messages.clear()
    gateway_service.status = 202
    return gateway_service


@pytest.fixture(scope="session")
def rooms_on_servers(
    template: Template,
    postgresql_cluster: postgresql.Cluster,
    redis_service: redis_server.Server,
    gateway_service: Gateway,
) -> Iterator[Provider]:
    """One provider on PostgreSQL and Redis, with limits as they come."""
    sms = Sms(url=gateway_service.url)
    made = template.on_servers(postgresql_cluster, redis_service, sms=sms, limits=Limits())
    yield made
    made.close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.integration)])
def rooms(
    request: pytest.FixtureRequest, template: Template, tmp_path: Path, gateway: Gateway
) -> Iterator[Flask]:
    """SQLite with its own ephemeral file; PostgreSQL with Redis, emptied. Limits as they come."""
    if request.param == "sqlite":
        made = template.on_sqlite(tmp_path, sms=Sms(url=gateway.url), limits=Limits())
        yield made.app
        made.close()
    else:
        shared: Provider = request.getfixturevalue("rooms_on_servers")
        request.getfixturevalue("redis_service").flush()
        LOCAL_LIMIT.of(shared.app)._windows.clear()
        with shared.context():
            for table in reversed(Base.metadata.sorted_tables):
                if table.name not in KEPT:
                    db.session.execute(table.delete())
            commit()
        yield shared.app


@pytest.fixture
def context(rooms: Flask) -> Iterator[Flask]:
    """The same, inside an application context."""
    with rooms.app_context():
        yield rooms
