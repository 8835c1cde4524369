"""A gateway that answers by path: ``/202``, ``/500``, ``/slow``, ``/garbage``, ``/hang-up``, ``/endless``,
``/trickle``."""

import socket
import threading
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# How an answer begins, of what pieces it goes on, and the seconds between them.
ENDLESS = {
    "endless": (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65_536, 0.0),
    "trickle": (b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.1),
}


class Gateway:
    """Listens on a port of its own; `taken` has the bodies and headers."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, Message]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                outer.taken.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers))
                what = self.path.removeprefix("/")
                if what == "garbage":
                    self.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n")
                elif what == "hang-up":
                    self.connection.shutdown(socket.SHUT_RDWR)
                elif what in ENDLESS:
                    self._never_end(*ENDLESS[what])
                else:
                    if what == "slow":
                        time.sleep(1)
                    self.send_response(int(what) if what.isdigit() else 202)
                    self.send_header("Location", f"{outer.url}/202")
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def _never_end(self, beginning: bytes, piece: bytes, pause: float) -> None:
                try:
                    self.wfile.write(beginning)
                    while True:
                        time.sleep(pause)
                        self.wfile.write(piece)
                except OSError:
                    pass

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
