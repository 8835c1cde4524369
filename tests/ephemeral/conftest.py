"""The four stores that one suite holds to the same promises."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.redis import RedisStore
from idp.ephemeral.store import EphemeralStore
from tests.services import program

ALL_SLOTS = (0, 16_383)


@pytest.fixture(scope="session")
def redis_cluster_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One node of Redis Cluster that holds every slot, and still refuses commands across slots."""
    port = program.free_port()
    command = (
        *(program.find(("redis-server",), "redis-server"), "--port", str(port), "--bind", "127.0.0.1"),
        *("--save", "", "--dir", str(tmp_path_factory.mktemp("cluster"))),
        *("--cluster-enabled", "yes", "--cluster-port", str(program.free_port())),
    )
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        with redis.Redis(port=port, socket_timeout=5) as client:
            deadline = time.monotonic() + 10
            while True:
                try:
                    client.execute_command("CLUSTER", "ADDSLOTSRANGE", *ALL_SLOTS)
                    break
                except redis.ConnectionError:
                    assert time.monotonic() < deadline
                    time.sleep(0.05)
            while b"cluster_state:ok" not in client.execute_command("CLUSTER", "INFO"):
                assert time.monotonic() < deadline
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        program.stop(process)


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.integration),
        pytest.param("redis", marks=pytest.mark.integration),
        pytest.param("redis_cluster", marks=pytest.mark.integration),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the store lives."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'main.sqlite3'}"
    found: str = request.getfixturevalue(f"{request.param}_url")
    if request.param == "redis_cluster":
        with redis.Redis.from_url(found) as client:
            client.flushall()
    return found


def open_store(url: str) -> EphemeralStore:
    return RedisStore(url) if url.startswith("redis") else DatabaseStore(url)


@pytest.fixture
def store(url: str) -> Iterator[EphemeralStore]:
    opened = open_store(url)
    yield opened
    opened.close()
