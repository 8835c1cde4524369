"""Redis is killed, and comes back empty."""

import time
from collections.abc import Iterator

import pytest
import redis

from idp.ephemeral.redis import RedisStore
from idp.errors import Unavailable
from tests.services import program, redis_server
from tests.waiting import eventually

pytestmark = pytest.mark.integration


@pytest.fixture
def server() -> Iterator[redis_server.Server]:
    started = redis_server.Server()
    yield started
    started.stop()


@pytest.fixture
def store(server: redis_server.Server) -> Iterator[RedisStore]:
    opened = RedisStore(server.url)
    yield opened
    opened.close()


def test_away_is_unavailable_and_back_needs_nobody(server: redis_server.Server, store: RedisStore) -> None:
    store.put("journey:1", b"x", 60)
    server.interrupt()
    began = time.monotonic()
    for operation in (
        lambda: store.put("journey:1", b"x", 60),
        lambda: store.get("journey:1"),
        lambda: store.get_many(["journey:1"]),
        lambda: store.take("journey:1"),
        lambda: store.add_if_absent("journey:1", b"x", 60),
        lambda: store.increment("journey:1", 60),
        lambda: store.delete("journey:1"),
        lambda: store.publish("keys", "x"),
        store.ping,
    ):
        with pytest.raises(Unavailable) as caught:
            operation()
        assert (caught.value.code, caught.value.retry_after) == ("ephemeral_unavailable", 2)
    assert time.monotonic() - began < 5
    server.restart()
    # The first try after the return succeeds: no connection of the old server is used.
    assert store.get("journey:1") is None
    assert store.increment("journey:1", 60) == 1


def test_a_listener_hears_that_it_may_have_missed_something(
    server: redis_server.Server, store: RedisStore
) -> None:
    heard: list[str] = []
    store.subscribe("keys", heard.append)
    eventually(lambda: heard == ["*"])
    store.publish("keys", "one")
    eventually(lambda: heard == ["*", "one"])
    server.interrupt()
    server.restart()
    eventually(lambda: heard == ["*", "one", "*"])
    store.publish("keys", "two")
    eventually(lambda: heard == ["*", "one", "*", "two"])


def test_the_cluster_of_the_suite_would_notice_a_command_across_slots(redis_cluster_url: str) -> None:
    with redis.Redis.from_url(redis_cluster_url) as client, pytest.raises(redis.ResponseError, match="slot"):
        client.mget("revoked:{g1}", "revoked:{g2}")


def test_it_may_be_opened_while_redis_is_away() -> None:
    store = RedisStore(f"redis://127.0.0.1:{program.free_port()}/0")
    heard: list[str] = []
    store.subscribe("keys", heard.append)
    with pytest.raises(Unavailable):
        store.ping()
    store.close()
    assert heard == []


def test_one_round_trip_and_no_script(server: redis_server.Server, store: RedisStore) -> None:
    store.ping()
    with redis.Redis.from_url(server.url) as client:
        client.config_resetstat()
        store.put("a:1", b"x", 60)
        store.take("a:1")
        store.add_if_absent("a:1", b"x", 60)
        store.increment("a:2", 60)
        calls = {
            name.removeprefix("cmdstat_"): stat["calls"] for name, stat in client.info("commandstats").items()
        }
    calls = {
        name: count for name, count in calls.items() if "|" not in name and name not in {"client", "info"}
    }
    assert calls == {"set": 3, "getdel": 1, "multi": 1, "incrby": 1, "exec": 1}
