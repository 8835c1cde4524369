"""An older system on 127.0.0.1 that checks what people know, and can be told to misbehave."""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.provider import Provider
from tests.site import Site

CARD, ANSWER, LEGACY_ID = "33010007", "314", "CARD-0007"


class OlderSystem:
    """Listens on a port of its own; `asked` has the bodies and content types, ``manner`` says how it answers."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.manner = "honest"
        self.answer = ANSWER
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.asked.append((body, self.headers["Content-Type"]))
                status, answer = outer._said(body)
                if outer.manner == "slow":
                    time.sleep(3)
                try:
                    self.send_response(status)
                    self.send_header("Location", f"{outer.url}/elsewhere")
                    self.send_header("Content-Type", "application/json")
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=30)

    def claims(self) -> dict[str, Any]:
        """What the last question says, unverified."""
        payload = self.asked[-1][0].split(".")[1]
        read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return read

    def _said(self, _body: str) -> tuple[int, bytes]:
        if self.manner.isdigit():
            return int(self.manner), b"{}"
        odd = {
            "huge": b'{"legacy_id": "' + b"x" * 100_000 + b'"}',
            "no JSON": b"\x00\xff",
            "deep": b"[" * 15_000,
            "a list": b"[]",
            "a number": b'{"legacy_id": 7}',
            "nothing": b"{}",
            "an empty id": b'{"legacy_id": " "}',
            "a long id": json.dumps({"legacy_id": "x" * 201}).encode(),
            "a broken id": b'{"legacy_id": "a\\u0000b"}',
        }
        if self.manner in odd:
            return 200, odd[self.manner]
        said = self.claims()
        if said["account"] == CARD and said["answer"] == self.answer:
            return 200, json.dumps({"legacy_id": LEGACY_ID}).encode()
        return 404, b'{"error": "no_match"}'


@contextmanager
def opened() -> Iterator[OlderSystem]:
    """An older system for the length of a block."""
    system = OlderSystem()
    try:
        yield system
    finally:
        system.close()


def site(provider: Provider, system: OlderSystem | None = None, **metadata: Any) -> Site:
    """A relying party with an older system, and with the scope that tells the older account's id."""
    host = system.url if system else "https://older.example.cn"
    items = [{"name": "name", "required": True}, {"name": "legacy_id", "required": False}]
    return provider.site(
        scope="openid profile legacy_id",
        items=items,
        account_linking_uri=f"{host}/link?from=tongxing",
        account_check_uri=f"{host}/check",
        account_check_question="卡背面的三位数字",
        **{"account_check_question#en": "The three digits on the back"},
        **metadata,
    )
