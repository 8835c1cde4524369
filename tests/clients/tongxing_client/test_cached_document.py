import threading

import pytest

from tongxing_client import cached_document, errors


class Source:
    """A remote document: counts how often it is fetched, fails when told to."""

    def __init__(self) -> None:
        self.fetched = 0
        self.fails = False
        self.time = 0.0

    def load(self) -> int:
        self.fetched += 1
        if self.fails:
            raise errors.ProviderUnavailable("down")
        return self.fetched

    def cached(self) -> cached_document.CachedDocument[int]:
        return cached_document.CachedDocument(
            self.load, fresh_seconds=100, renew_seconds=30, stale_seconds=1000, now=lambda: self.time
        )


def test_it_is_fetched_once_while_fresh() -> None:
    source = Source()
    document = source.cached()
    assert [document.get() for _ in range(3)] == [1, 1, 1]
    source.time = 101
    assert document.get() == 2


def test_renewing_is_limited() -> None:
    source = Source()
    document = source.cached()
    document.get()
    assert [document.renew() for _ in range(50)] == [1] * 50
    source.time = 31
    assert document.renew() == 2


def test_renewing_before_the_first_look_fetches() -> None:
    assert Source().cached().renew() == 1


def test_a_stale_copy_serves_while_the_source_is_down_but_not_for_ever() -> None:
    source = Source()
    document = source.cached()
    document.get()
    source.fails = True
    source.time = 200
    assert document.get() == 1
    assert document.get() == 1
    assert source.fetched == 2
    source.time = 1001
    with pytest.raises(errors.ProviderUnavailable):
        document.get()


def test_a_failure_is_not_repeated_within_the_pause() -> None:
    source = Source()
    source.fails = True
    document = source.cached()
    for _ in range(20):
        with pytest.raises(errors.ProviderUnavailable):
            document.get()
    assert source.fetched == 1
    source.fails, source.time = False, 2
    assert document.get() == 2


def test_many_threads_fetch_once() -> None:
    source = Source()
    gate = threading.Event()

    def slow() -> int:
        gate.wait(5)
        return source.load()

    document = cached_document.CachedDocument(slow, fresh_seconds=100, now=lambda: 0)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(document.get())) for _ in range(8)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert found == [1] * 8
    assert source.fetched == 1
