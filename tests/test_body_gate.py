"""Bodies that do not come hold some threads, never all."""

import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from idp import body_gate
from idp.body_gate import BodyGate
from idp.errors import Unavailable
from tests.waiting import eventually


class Slow:
    """An input whose bytes come when the test says so."""

    def __init__(self) -> None:
        self.come = threading.Event()

    def read(self, size: int = -1) -> bytes:
        assert self.come.wait(10)
        return b"x"


def through(gate_readers: int) -> Callable[[Any], Any]:
    """A gate, and what an application behind it gets for its input."""
    given: list[Any] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        given.append(environ["wsgi.input"])
        return []

    gate = BodyGate(application, gate_readers)

    def get(stream: Any) -> Any:
        gate({"wsgi.input": stream}, lambda *_: lambda _: None)
        return given[-1]

    return get


def test_a_body_that_is_there_is_read_as_ever() -> None:
    get = through(1)
    assert get(BytesIO(b"a\nb")).read() == b"a\nb"
    assert get(BytesIO(b"a\nb")).read(2) == b"a\n"
    assert get(BytesIO(b"a\nb")).readline() == b"a\n"
    assert get(BytesIO(b"a\nb")).readlines() == [b"a\n", b"b"]
    assert list(get(BytesIO(b"a\nb"))) == [b"a\n", b"b"]


def test_beyond_its_readers_it_refuses_soon() -> None:
    get, slow = through(2), Slow()
    read: list[bytes] = []
    threads = [threading.Thread(target=lambda: read.append(get(slow).read(5))) for _ in range(2)]
    for thread in threads:
        thread.start()
    eventually(lambda: _is_refused(get))
    slow.come.set()
    for thread in threads:
        thread.join()
    assert read == [b"x", b"x"]
    assert get(BytesIO(b"again")).read() == b"again"


def _is_refused(get: Callable[[Any], Any]) -> bool:
    try:
        get(BytesIO(b"x")).read()
    except Unavailable as error:
        return error.retry_after == body_gate.RETRY_SECONDS
    return False


def test_who_waits_a_moment_has_a_turn() -> None:
    get, slow = through(1), Slow()
    holder = threading.Thread(target=lambda: get(slow).read())
    holder.start()
    threading.Timer(body_gate.PATIENCE_SECONDS / 3, slow.come.set).start()
    assert get(BytesIO(b"x")).read() == b"x"
    holder.join()


def test_a_connection_that_breaks_gives_its_place_back() -> None:
    class Broken:
        def read(self, size: int = -1) -> bytes:
            raise OSError

    get = through(1)
    for _ in range(3):
        with pytest.raises(OSError):  # noqa: PT011 - an empty one
            get(Broken()).read()
