"""Circuits: who does not answer is left alone for a while."""

import pytest

from idp.circuit_breaker import FAILURES, REST, CircuitBreakers, for_threads
from idp.errors import Unavailable
from tests.timer import Timer


@pytest.fixture
def timer() -> Timer:
    return Timer()


@pytest.fixture
def breakers(timer: Timer) -> CircuitBreakers:
    return CircuitBreakers("bank_away", 2, timer)


def fail(breakers: CircuitBreakers, source: str, times: int = 1) -> None:
    for _ in range(times):
        with breakers.passed(source):
            breakers.failed(source)


def is_open(breakers: CircuitBreakers, source: str) -> bool:
    try:
        with breakers.passed(source):
            return False
    except Unavailable:
        return True


def test_a_source_that_fails_is_left_alone_the_others_not(breakers: CircuitBreakers) -> None:
    fail(breakers, "bank", FAILURES - 1)
    assert not is_open(breakers, "bank")
    fail(breakers, "bank")
    with pytest.raises(Unavailable) as refused, breakers.passed("bank"):
        pass
    assert refused.value.code == "bank_away"
    assert refused.value.retry_after == REST + 1
    assert not is_open(breakers, "population")


def test_a_success_in_between_forgives(breakers: CircuitBreakers) -> None:
    fail(breakers, "bank", FAILURES - 1)
    breakers.succeeded("bank")
    fail(breakers, "bank", FAILURES - 1)
    assert not is_open(breakers, "bank")


def test_after_a_rest_one_question_tries(breakers: CircuitBreakers, timer: Timer) -> None:
    fail(breakers, "bank", FAILURES)
    timer.now += REST
    with breakers.passed("bank"):
        assert is_open(breakers, "bank"), "only one"
        breakers.failed("bank")
    assert is_open(breakers, "bank")
    timer.now += REST
    with breakers.passed("bank"):
        breakers.succeeded("bank")
    assert not is_open(breakers, "bank")


def test_a_trial_that_never_tells_is_followed_by_another(breakers: CircuitBreakers, timer: Timer) -> None:
    fail(breakers, "bank", FAILURES)
    timer.now += REST
    assert not is_open(breakers, "bank")
    assert is_open(breakers, "bank")
    timer.now += REST
    assert not is_open(breakers, "bank")


def test_slow_registers_do_not_take_every_thread(breakers: CircuitBreakers) -> None:
    with breakers.passed("bank"), breakers.passed("population"):
        with pytest.raises(Unavailable) as refused, breakers.passed("operator"):
            pass
        assert refused.value.code == "busy"
    assert not is_open(breakers, "operator")


def test_room_is_a_part_of_the_threads() -> None:
    assert for_threads("busy", 12)._room._value == 4
    assert for_threads("busy", 2)._room._value == 1
