import threading
import time

import pytest

from idp.authenticators import hash_gate
from idp.authenticators.hash_gate import HashGate
from idp.errors import Unavailable
from idp.setting_sections import Passwords, Serving
from idp.settings import Settings


def test_a_full_gate_answers_at_once_that_it_is_full() -> None:
    gate = HashGate(concurrent=1, waiting=1)
    inside, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with gate.passed():
            inside.set()
            leave.wait(timeout=30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(timeout=30)
    waiter = threading.Thread(target=lambda: gate.passed().__enter__())
    waiter.start()
    while gate._room._value > 0:
        time.sleep(0.001)
    began = time.monotonic()
    with pytest.raises(Unavailable) as refused, gate.passed():
        pass
    assert time.monotonic() - began < 0.5
    assert (refused.value.code, refused.value.retry_after) == ("busy", hash_gate.RETRY_AFTER)
    leave.set()
    holder.join(timeout=30)
    waiter.join(timeout=30)


def test_a_line_that_does_not_move_is_left() -> None:
    gate = HashGate(concurrent=1, waiting=5, longest_wait=0.05)
    with gate.passed(), pytest.raises(Unavailable), gate.passed():
        pass
    with gate.passed():  # everybody left: there is room again
        pass
    assert gate._room._value == 6


def test_never_more_than_allowed_are_inside() -> None:
    gate = HashGate(concurrent=2, waiting=30)
    inside, most, lock = 0, 0, threading.Lock()

    def work() -> None:
        nonlocal inside, most
        with gate.passed():
            with lock:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with lock:
                inside -= 1

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert most == 2


def test_an_error_inside_frees_the_place() -> None:
    gate = HashGate(concurrent=1, waiting=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), gate.passed():
            raise ZeroDivisionError


@pytest.mark.parametrize(
    ("threads", "concurrent", "waiting"), [(12, 1, 32), (4, 1, 32), (2, 1, 32), (128, 4, 8)]
)
def test_some_threads_are_always_left_for_the_machines(threads: int, concurrent: int, waiting: int) -> None:
    settings = Settings(
        sandbox=True,
        passwords=Passwords(concurrent=concurrent, waiting=waiting),
        serving=Serving(threads=threads),
    )
    gate = hash_gate.from_settings(settings)
    for_people = gate._room._value
    assert for_people <= concurrent + waiting
    assert for_people >= concurrent + 1
    if threads >= 4:
        assert threads - for_people >= threads // 4
