"""A real SMS gateway on loopback that keeps what it was given (docs: the provider posts JSON to it)."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway:
    """Listens on a port of the system's choice; answers ``status`` and remembers the messages it took."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 202
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if gateway.status < 300:
                    gateway.messages.append(body)
                answer = json.dumps({"id": str(len(gateway.messages))}).encode()
                self.send_response(gateway.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/sms/messages"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def last_code(self) -> str:
        """The six digits in the newest message."""
        found = re.search(r"(?<!\d)\d{6}(?!\d)", self.messages[-1]["text"])
        assert found is not None, self.messages[-1]
        return found.group()
