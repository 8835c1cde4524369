"""A receiver that is not from this repository's kit: plain HTTP and a JWT library of its own (cryptojwt).

It takes pushes (RFC 8935) and polls (RFC 8936); it believes only what it has checked.
"""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptojwt.jws.jws import factory
from cryptojwt.key_jar import KeyJar
from flask import Flask

from tests.site import Site, Tokens

CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
RISC = "https://schemas.openid.net/secevent/risc/event-type/"
OWN = "urn:tongxing:event:"
PUSH, POLL = "urn:ietf:rfc:8935", "urn:ietf:rfc:8936"


class Receiver:
    """Listens on a port of its own. ``answer`` is what it says to a push: status and body."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (202, b"")
        self.headers: list[dict[str, str]] = []
        self.taken: list[str] = []
        # What it answers this time; None: it hangs up.
        self.decide: Callable[[], tuple[int, bytes] | None] = lambda: self.answer
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length).decode()
                if len(body) < length:
                    # Its sender died in the midst of it.
                    return
                outer.headers.append(dict(self.headers))
                decided = outer.decide()
                if decided is None:
                    return
                status, content = decided
                if status == 202:
                    outer.taken.append(body)
                self.send_response(status)
                if status in {301, 302, 307, 308}:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/events"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Client:
    """The receiver's side of the management API and of polling, over HTTP without any kit."""

    def __init__(self, site: Site, *, scope: str = "ssf.manage ssf.read") -> None:
        self.site = site
        self.app: Flask = site.app
        got: Tokens = site.token(grant_type="client_credentials", scope=scope)
        assert got.status == 200, got.body
        self.token: str = got["access_token"]

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Return status and JSON body (None when empty)."""
        response = self.app.test_client().open(
            path,
            method=method,
            base_url=self.site.issuer,
            json=body,
            headers={"Authorization": f"Bearer {self.token}"} | headers,
        )
        return response.status_code, json.loads(response.data) if response.data else None

    def make(self, *events: str, push_to: str | None = None, **more: Any) -> dict[str, Any]:
        """Make a stream."""
        body: dict[str, Any] = {"events_requested": list(events)} | more
        if push_to is not None:
            body["delivery"] = {"method": PUSH, "endpoint_url": push_to}
        status, made = self.ask("POST", "/ssf/streams", body)
        assert status == 201, made
        found: dict[str, Any] = made
        return found

    def poll(self, stream: dict[str, Any], **body: Any) -> dict[str, Any]:
        """Fetch events, at once."""
        path = stream["delivery"]["endpoint_url"].removeprefix(self.site.issuer)
        status, answer = self.ask("POST", path, {"returnImmediately": True} | body)
        assert status == 200, answer
        found: dict[str, Any] = answer
        return found

    def checked(self, token: str) -> dict[str, Any]:
        """Return the claims of a Security Event Token that is what it should be (RFC 8417 §2, SSF §4)."""
        jwks = json.loads(self.app.test_client().get("/jwks", base_url=self.site.issuer).data)
        jar = KeyJar()
        jar.import_jwks(jwks, self.site.issuer)
        jws = factory(token)
        assert jws is not None
        header = jws.jwt.headers
        assert header["typ"] == "secevent+jwt"
        assert header["alg"] == "ES256"
        claims: dict[str, Any] = jws.verify_compact(token, jar.get_issuer_keys(self.site.issuer))
        assert claims["iss"] == self.site.issuer
        assert claims["aud"] == self.site.id
        assert not {"sub", "exp", "nonce"} & claims.keys()
        assert claims["jti"]
        assert claims["iat"] <= time.time() + 5
        assert len(claims["events"]) == 1
        return claims
