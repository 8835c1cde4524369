from concurrent.futures import ThreadPoolExecutor

import pytest

from tongxing_client import session_store


class Time:
    now = 0.0


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def store(time: Time) -> session_store.InMemorySessionStore:
    return session_store.InMemorySessionStore(max_entries=3, now=lambda: time.now)


def test_what_is_put_is_found_until_its_life_ends(store: session_store.SessionStore, time: Time) -> None:
    store.put("session", "a", "1", 10)
    assert store.find("session", "a") == "1"
    assert store.find("login", "a") is None
    time.now = 10
    assert store.find("session", "a") is None


def test_putting_again_replaces_value_and_life(store: session_store.SessionStore, time: Time) -> None:
    store.put("session", "a", "1", 10)
    store.put("session", "a", "2", 20)
    time.now = 15
    assert store.find("session", "a") == "2"


def test_taking_is_once(store: session_store.SessionStore, time: Time) -> None:
    store.put("login", "a", "1", 10)
    assert (store.take("login", "a"), store.take("login", "a")) == ("1", None)
    store.put("login", "b", "1", 10)
    time.now = 11
    assert store.take("login", "b") is None
    assert store.take("nothing", "b") is None


def test_of_many_takers_one_gets_it() -> None:
    store = session_store.InMemorySessionStore()
    with ThreadPoolExecutor(4) as pool:
        for _ in range(50):
            store.put("login", "a", "1", 10)
            taken = list(pool.map(lambda _: store.take("login", "a"), range(4)))
            assert sorted(taken, key=str) == ["1", None, None, None]


def test_adding_is_refused_while_something_lives_there(store: session_store.SessionStore, time: Time) -> None:
    assert store.add_if_absent("jti", "a", "", 10)
    assert not store.add_if_absent("jti", "a", "", 10)
    time.now = 11
    assert store.add_if_absent("jti", "a", "", 10)


def test_each_kind_is_bounded_apart_and_the_oldest_goes(store: session_store.SessionStore) -> None:
    store.put("session", "logged-in", "1", 100)
    for number in range(1000):
        store.put("login", str(number), "", 100)
    assert store.find("session", "logged-in") == "1"
    assert [store.find("login", str(number)) for number in (996, 997, 998, 999)] == [None, "", "", ""]


def test_the_dead_are_swept(time: Time) -> None:
    store = session_store.InMemorySessionStore(now=lambda: time.now)
    for number in range(100):
        store.put("login", str(number), "", 10)
    time.now = 11
    store.put("login", "new", "", 10)
    assert len(store._kinds["login"]) == 1


def test_replacing_needs_something_alive_there(store: session_store.SessionStore, time: Time) -> None:
    assert not store.replace("session", "a", "1", 10, ["sid:1"])
    assert store.find("session", "a") is None
    store.put("session", "a", "1", 10)
    assert store.replace("session", "a", "2", 20)
    time.now = 19
    assert store.find("session", "a") == "2"
    time.now = 20
    assert not store.replace("session", "a", "3", 10)


def test_groups_name_what_was_put_into_them(store: session_store.SessionStore) -> None:
    store.put("session", "a", "1", 10, ["sid:1", "sub:x"])
    store.put("session", "b", "2", 10, ["sub:x"])
    assert sorted(store.find_group("session", "sub:x")) == ["a", "b"]
    assert store.find_group("session", "sid:1") == ["a"]
    assert store.find_group("session", "sid:2") == []
    assert store.find_group("login", "sub:x") == []
    store.replace("session", "a", "1", 10, ["sub:x"])
    assert store.find_group("session", "sid:1") == []


def test_groups_are_no_longer_than_what_is_in_them(time: Time) -> None:
    store = session_store.InMemorySessionStore(max_entries=3, now=lambda: time.now)
    for number in range(10):
        store.put("session", str(number), "", 10, [f"sid:{number}", "sub:x"])
    assert sorted(store.find_group("session", "sub:x")) == ["7", "8", "9"]
    assert len(store._groups) == 4
    store.take("session", "7")
    time.now = 11
    store.put("session", "new", "", 10)
    assert not store._groups
