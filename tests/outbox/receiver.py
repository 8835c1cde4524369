"""A real HTTP receiver that is well, slow, dead or out of its mind, by path."""

import socket
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver:
    """Listens on a port of its own; `heard` counts bodies of answered messages by receiver and body."""

    def __init__(self) -> None:
        self.heard: Counter[str] = Counter()
        self.asked: list[tuple[float, str]] = []
        self.slowness = 3.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                content = self.rfile.read(length)
                if len(content) < length:  # the sender died within it: not a message (RFC 9112 §8)
                    self.close_connection = True
                    return
                body = content.decode()
                outer.asked.append((time.monotonic(), body))
                if self.path == "/slow":
                    time.sleep(outer.slowness)
                if self.path == "/garbage":
                    self.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n")
                    return
                if self.path == "/hang-up":
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(500 if self.path == "/broken" else 204)
                self.end_headers()
                if self.path != "/broken":
                    outer.heard[body] += 1

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
