"""What every ephemeral store promises, on SQLite, PostgreSQL, Redis and Redis Cluster."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from idp.ephemeral.store import EphemeralStore
from tests.ephemeral.conftest import open_store
from tests.waiting import eventually

CALLERS = 20


def at_once(function: Callable[[], object]) -> list[object]:
    """Call *function* from many threads that start together."""
    barrier = Barrier(CALLERS)

    def call() -> object:
        barrier.wait(10)
        return function()

    with ThreadPoolExecutor(CALLERS) as pool:
        return [future.result() for future in [pool.submit(call) for _ in range(CALLERS)]]


def test_put_and_get_keep_every_byte(store: EphemeralStore) -> None:
    every_byte = bytes(range(256))
    store.put("journey:1", every_byte, 60)
    assert store.get("journey:1") == every_byte
    store.put("journey:1", b"", 60)
    assert store.get("journey:1") == b""


def test_what_is_not_there_is_none(store: EphemeralStore) -> None:
    assert store.get("journey:none") is None
    assert store.take("journey:none") is None
    store.delete("journey:none")


def test_an_entry_ends_with_its_life(store: EphemeralStore) -> None:
    for name in ("get", "take", "add", "many"):
        store.put(f"{{life}}:{name}", b"x", 1)
    store.put("{life}:longer", b"y", 60)
    time.sleep(1.2)
    assert store.get("{life}:get") is None
    assert store.take("{life}:take") is None
    assert store.add_if_absent("{life}:add", b"new", 60) is True
    assert store.get_many(["{life}:many", "{life}:longer", "{life}:add"]) == [None, b"y", b"new"]


def test_put_again_gives_a_new_life(store: EphemeralStore) -> None:
    store.put("journey:1", b"old", 1)
    store.put("journey:1", b"new", 60)
    time.sleep(1.2)
    assert store.get("journey:1") == b"new"


def test_take_gets_the_value_once(store: EphemeralStore) -> None:
    store.put("code:1", b"grant", 60)
    assert store.take("code:1") == b"grant"
    assert store.take("code:1") is None
    assert store.get("code:1") is None


def test_of_many_takers_one_gets_it(store: EphemeralStore) -> None:
    store.put("code:1", b"grant", 60)
    taken = at_once(lambda: store.take("code:1"))
    assert taken.count(b"grant") == 1
    assert taken.count(None) == CALLERS - 1


def test_of_many_that_add_one_writes(store: EphemeralStore) -> None:
    assert at_once(lambda: store.add_if_absent("jti:1", b"seen", 60)).count(True) == 1
    assert store.add_if_absent("jti:1", b"other", 60) is False
    assert store.get("jti:1") == b"seen"


def test_of_many_that_add_after_the_end_one_writes(store: EphemeralStore) -> None:
    store.put("jti:1", b"ended", 1)
    time.sleep(1.2)
    assert at_once(lambda: store.add_if_absent("jti:1", b"seen", 60)).count(True) == 1


def test_no_count_is_lost(store: EphemeralStore) -> None:
    counts = at_once(lambda: store.increment("limit:1", 60))
    assert sorted(counts, key=str) == sorted(range(1, CALLERS + 1), key=str)
    assert store.get("limit:1") == str(CALLERS).encode()


def test_the_window_begins_with_the_first_count(store: EphemeralStore) -> None:
    assert store.increment("limit:1", 3) == 1
    time.sleep(1.6)
    assert store.increment("limit:1", 3) == 2
    time.sleep(1.6)
    # More than three seconds after the first, less after the second.
    assert store.increment("limit:1", 3) == 1


def test_a_count_can_be_forgotten(store: EphemeralStore) -> None:
    store.increment("limit:1", 60)
    store.delete("limit:1")
    assert store.get("limit:1") is None
    assert store.increment("limit:1", 60) == 1


def test_many_come_in_the_order_asked(store: EphemeralStore) -> None:
    store.put("revoked:{g1}", b"1", 60)
    store.put("revoked:{g1}:jti", b"2", 60)
    assert store.get_many(["revoked:{g1}:jti", "revoked:{g1}:none", "revoked:{g1}"]) == [b"2", None, b"1"]
    assert store.get_many([]) == []


@pytest.mark.parametrize("key", ["", "x" * 201, "键:1", "a\nb", "a\0b"])
def test_a_key_that_a_store_might_misread_is_refused(store: EphemeralStore, key: str) -> None:
    for operation in (store.get, store.take, store.delete):
        with pytest.raises(ValueError, match="not a key"):
            operation(key)
    with pytest.raises(ValueError, match="not a key"):
        store.get_many([key])


def test_every_entry_has_a_life(store: EphemeralStore) -> None:
    with pytest.raises(ValueError, match="life"):
        store.put("key:1", b"x", 0)
    with pytest.raises(ValueError, match="life"):
        store.add_if_absent("key:1", b"x", -1)
    with pytest.raises(ValueError, match="life"):
        store.increment("key:1", 0)


def test_the_longest_key_works(store: EphemeralStore) -> None:
    key = "noun:" + "x" * 195
    store.put(key, b"x", 60)
    assert store.take(key) == b"x"


def test_ping(store: EphemeralStore) -> None:
    store.ping()


@pytest.fixture
def other(url: str) -> Iterator[EphemeralStore]:
    """Another process's store at the same place."""
    opened = open_store(url)
    yield opened
    opened.close()


def test_two_stores_see_the_same(store: EphemeralStore, other: EphemeralStore) -> None:
    store.put("journey:1", b"begun here", 60)
    assert other.take("journey:1") == b"begun here"
    assert store.get("journey:1") is None


def test_a_message_reaches_every_listener_of_its_channel(
    store: EphemeralStore, other: EphemeralStore
) -> None:
    here: list[str] = []
    there: list[str] = []
    elsewhere: list[str] = []
    store.subscribe("relying_party", here.append)
    other.subscribe("relying_party", there.append)
    other.subscribe("keys", elsewhere.append)
    # A listener that begins may have missed something, and is told so.
    eventually(lambda: here == ["*"] and there == ["*"] and elsewhere in (["*"], []))
    store.publish("relying_party", "省门户")
    eventually(lambda: here == ["*", "省门户"] and there == ["*", "省门户"])
    assert elsewhere in (["*"], [])


def test_a_listener_that_fails_does_not_deafen_the_others(store: EphemeralStore) -> None:
    heard: list[str] = []

    def fail(message: str) -> None:
        raise RuntimeError(message)

    store.subscribe("relying_party", fail)
    store.subscribe("relying_party", heard.append)
    eventually(lambda: heard == ["*"])
    store.publish("relying_party", "one")
    store.publish("relying_party", "two")
    eventually(lambda: heard == ["*", "one", "two"])
