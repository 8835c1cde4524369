import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.errors import TooMany
from idp.local_limit import LocalLimit
from tests.timer import Timer


def test_the_limit_holds_in_a_window_and_ends_with_it() -> None:
    timer = Timer()
    limit = LocalLimit(timer=timer)
    for _ in range(3):
        limit.check("rp:a", 3, 60)
    timer.now += 20.5
    with pytest.raises(TooMany) as caught:
        limit.check("rp:a", 3, 60)
    assert caught.value.retry_after == 40
    assert caught.value.detail == "rp", "whose limit it was stays private"
    limit.check("rp:b", 3, 60)
    timer.now += 39.5
    limit.check("rp:a", 3, 60)


@given(st.integers(1, 20), st.integers(0, 40))
def test_of_many_exactly_the_limit_pass(limit: int, tries: int) -> None:
    counter = LocalLimit(timer=Timer())
    passed = 0
    for _ in range(tries):
        try:
            counter.check("key", limit, 60)
        except TooMany:
            continue
        passed += 1
    assert passed == min(limit, tries)


def test_memory_is_bounded_and_the_key_not_used_for_longest_is_forgotten() -> None:
    counter = LocalLimit(entries=2, timer=Timer())
    for key in ("a", "b", "a", "c"):
        counter.check(key, 2, 60)
    assert list(counter._windows) == ["a", "c"]
    with pytest.raises(TooMany):
        counter.check("a", 2, 60)


def test_threads_do_not_lose_counts() -> None:
    counter = LocalLimit()
    refused: list[TooMany] = []

    def work() -> None:
        for _ in range(500):
            try:
                counter.check("key", 1000, 600)
            except TooMany as error:
                refused.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1000
