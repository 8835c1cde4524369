"""The servers that other tests stand on."""

from collections.abc import Callable

import psycopg
import pytest
import redis
from playwright.sync_api import Page
from sqlalchemy import create_engine, text

from tests.services import postgresql, program, redis_server


@pytest.mark.integration
def test_each_database_is_fresh_and_can_be_a_copy(postgresql_cluster: postgresql.Cluster) -> None:
    template = postgresql_cluster.create()
    engine = create_engine(postgresql_cluster.url(template))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept AS SELECT 42 AS answer"))
    engine.dispose()
    copy = postgresql_cluster.create(template)
    engine = create_engine(postgresql_cluster.url(copy))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT answer FROM kept")).scalar_one() == 42
    engine.dispose()
    for database in (copy, template):
        postgresql_cluster.drop(database)


@pytest.mark.integration
def test_postgresql_asks_for_a_password(postgresql_cluster: postgresql.Cluster) -> None:
    address = f"postgresql://tester:wrong@127.0.0.1:{postgresql_cluster.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(address)


@pytest.mark.integration
def test_redis_is_empty_and_forgets_when_it_dies(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("key", "value")
    server = redis_server.Server()
    try:
        with redis.Redis.from_url(server.url) as client:
            client.set("key", "value")
        server.interrupt()
        server.restart()
        with redis.Redis.from_url(server.url) as client:
            assert client.get("key") is None
    finally:
        server.stop()


@pytest.mark.journey
def test_chromium_speaks_chinese_and_sees_nothing_outside(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 390, "height": 844})
    page.set_content("<p id='name'>通行</p>")
    assert page.evaluate("[navigator.language, innerWidth]") == ["zh-CN", 390]
    assert page.inner_text("#name") == "通行"
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://tongxing.example/")


def test_a_missing_program_is_named_with_its_package() -> None:
    with pytest.raises(program.MissingProgramError, match="apt-get install no-such-package"):
        program.find(("no-such-program",), "no-such-package")
