"""One address for several servers: each connection goes to the next one that is well (what nginx does in front).

A server that hangs up without an answer is left alone for a while.
"""

import contextlib
import itertools
import socket
import threading
import time

CHUNK = 65_536
REST_SECONDS = 3.0


class Balancer:
    """Listens on *port* and passes bytes on to *backends*, in turns. ``close`` it."""

    def __init__(self, port: int, backends: list[int]) -> None:
        self._backends = itertools.cycle(backends)
        self._count = len(backends)
        self._resting: dict[int, float] = {}
        self._lock = threading.Lock()
        self._server = socket.create_server(("127.0.0.1", port), backlog=256)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accept nobody any more."""
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            port, backend = self._connect()
            if backend is None:
                return
            with backend:
                there = threading.Thread(target=_pass_on, args=(client, backend), daemon=True)
                there.start()
                if not _pass_on(backend, client):
                    self._resting[port] = time.monotonic() + REST_SECONDS
                there.join()

    def _connect(self) -> tuple[int, socket.socket | None]:
        for _ in range(2 * self._count):
            with self._lock:
                port = next(self._backends)
            if self._resting.get(port, 0) < time.monotonic():
                with contextlib.suppress(OSError):
                    return port, socket.create_connection(("127.0.0.1", port), timeout=30)
        return 0, None


def _pass_on(source: socket.socket, target: socket.socket) -> int:
    passed = 0
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
            passed += len(data)
    for one, way in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with contextlib.suppress(OSError):
            one.shutdown(way)
    return passed
