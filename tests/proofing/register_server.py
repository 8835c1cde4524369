"""A register that answers over HTTP as it is told: truly, falsely, late, or not at all."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from idp import clock
from idp.keys import compact_jwt

Answer = tuple[int, Mapping[str, str], bytes]
Respond = Callable[["Question"], Answer]


class Question:
    """What was posted."""

    def __init__(self, path: str, headers: Message, body: bytes) -> None:
        self.source = path.rpartition("/")[2]
        self.key = headers["Idempotency-Key"] or ""
        self.headers = headers
        self.body = body


class RegisterServer:
    """Listens on a port of its own. *respond* can be replaced while it runs; `asked` has every question."""

    def __init__(self, folder: Path) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "register-1", "use": "sig"})
        self.keys_file = folder / "register_keys.json"
        self.write_keys(self.key)
        self.asked: list[Question] = []
        self.respond: Respond = lambda question: self.signed(question, "match")
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                question = Question(self.path, self.headers, body)
                outer.asked.append(question)
                status, headers, content = outer.respond(question)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/registers"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def settings(self, **changes: Any) -> dict[str, Any]:
        """The provider's settings for this register."""
        return {"url": self.url, "keys_file": str(self.keys_file), "timeout": 0.5} | changes

    def write_keys(self, *keys: ECKey) -> None:
        public = [key.as_dict(private=False) for key in keys]
        self.keys_file.write_text(json.dumps({"keys": public}), encoding="utf-8")

    def claims(
        self, question: Question, result: str, details: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        now = clock.timestamp()
        digest = hashlib.sha256(question.body).digest()
        return {
            "iss": question.source,
            "iat": now,
            "exp": now + 120,
            "jti": "019ab3c4-5f60-7d21-8a43-2f1e0d9c8b7a",
            "request_digest": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "request_key": question.key,
            "result": result,
            "details": dict(details or {}),
        }

    def signed(
        self,
        question: Question,
        result: str,
        details: Mapping[str, Any] | None = None,
        *,
        key: ECKey | None = None,
        typ: str = "register-answer+jwt",
        claims: Mapping[str, Any] | None = None,
    ) -> Answer:
        made = self.claims(question, result, details) | dict(claims or {})
        key = key or self.key
        header = {"alg": "ES256", "kid": key.kid, "typ": typ}
        return 200, {"Content-Type": "application/jose"}, compact_jwt.sign(header, made, key).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def problem(status: int, **headers: str) -> Answer:
    """An answer that is none."""
    return status, {"Content-Type": "application/problem+json"} | headers, b'{"title": "no"}'


def late(seconds: float, answer: Respond) -> Respond:
    """Answer after that time."""

    def respond(question: Question) -> Answer:
        time.sleep(seconds)
        return answer(question)

    return respond
