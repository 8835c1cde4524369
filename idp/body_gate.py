"""A gate before request bodies: at most so many threads at once wait for bytes that have still to come.

The server hands a request to a thread when its head is there. Reading a body from it cannot be given a time limit,
so whoever sends half a body holds a thread for as long as they like. Here they can hold some, never all: what needs
no body (pages, keys, health) is always served, the next body is refused with 503 after a moment. The rest is the
buffering proxy's part, which passes on whole requests only (config/deploy). WSGI middleware (PEP 3333).
"""

from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from idp.errors import Unavailable

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

T = TypeVar("T")

# A body that is there is read within a millisecond, so places become free all the time unless bodies hang.
PATIENCE_SECONDS = 0.25
RETRY_SECONDS = 5


class BodyGate:
    """Wraps a WSGI application; *readers* requests at once may be reading their bodies."""

    def __init__(self, app: "WSGIApplication", readers: int) -> None:
        self._app = app
        self._places: SimpleQueue[None] = SimpleQueue()
        for _ in range(readers):
            self._places.put(None)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Serve one request; its body is read when the application wants it."""
        environ["wsgi.input"] = _Input(environ["wsgi.input"], self._places)
        return self._app(environ, start_response)


class _Input:
    """``wsgi.input`` whose every read takes a place; raises Unavailable ``busy`` when there is none."""

    def __init__(self, inner: "InputStream", places: "SimpleQueue[None]") -> None:
        self._inner = inner
        self._places = places

    def read(self, size: int = -1, /) -> bytes:
        return self._in_turn(lambda: self._inner.read(size))

    def readline(self, size: int = -1, /) -> bytes:
        return self._in_turn(lambda: self._inner.readline(size))

    def readlines(self, hint: int = -1, /) -> list[bytes]:
        return self._in_turn(lambda: self._inner.readlines(hint))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _in_turn(self, read: Callable[[], T]) -> T:
        try:
            self._places.get(timeout=PATIENCE_SECONDS)
        except Empty:
            raise Unavailable("busy", detail="request bodies", retry_after=RETRY_SECONDS) from None
        try:
            return read()
        finally:
            self._places.put(None)
