"""Entities that run elsewhere: a real server that publishes configurations and statements, and every fault it can have.

Each has an identifier below the server's address; `Elsewhere.faults` says for a path how it answers instead.
"""

import contextlib
import hashlib
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc.jwk import ECKey

from idp import clock
from idp.keys import compact_jwt

TYP = "entity-statement+jwt"
WELL_KNOWN = "/.well-known/openid-federation"
RP = "openid_relying_party"
FAULTS = frozenset(
    {
        "slow",
        "endless",
        "trickle",
        "redirect",
        "huge",
        "html",
        "garbage",
        "hang-up",
        "binary",
        "404",
        "410",
        "500",
        "429",
    }
)


class Entity:
    """One entity elsewhere. ``below``: whom it stands behind, with what its statement adds."""

    def __init__(self, server: "Elsewhere", name: str, hints: list[str], metadata: dict[str, Any]) -> None:
        self.id = f"{server.url}/{name}"
        self.name = name
        self.key = ECKey.generate_key("P-256", {"kid": f"{name}-1"})
        self.hints = hints
        self.metadata = metadata
        self.below: dict[str, dict[str, Any]] = {}
        self.claims: dict[str, Any] = {}
        self.life = 3600
        self.server = server

    @property
    def jwks(self) -> dict[str, Any]:
        return {"keys": [dict(self.key.as_dict(private=False))]}

    def sign(self, claims: dict[str, Any], typ: str = TYP) -> str:
        return compact_jwt.sign({"alg": "ES256", "typ": typ, "kid": self.key.kid}, claims, self.key)

    def configuration(self, **changes: Any) -> str:
        claims: dict[str, Any] = {
            "iss": self.id,
            "sub": self.id,
            "jwks": self.jwks,
            "metadata": self.metadata,
        }
        if self.hints:
            claims["authority_hints"] = self.hints
        return self.sign(claims | self._times() | self.claims | changes)

    def says_of(self, entity: "Entity", **changes: Any) -> str:
        claims = {"iss": self.id, "sub": entity.id, "jwks": entity.jwks}
        return self.sign(claims | self._times() | self.below.get(entity.id, {}) | changes)

    def add(self, entity: "Entity", **claims: Any) -> None:
        self.below[entity.id] = claims

    def _times(self) -> dict[str, int]:
        now = clock.timestamp()
        return {"iat": now - 5, "exp": now + self.life}


class Elsewhere:
    """The server and its entities."""

    def __init__(self) -> None:
        self.entities: dict[str, Entity] = {}
        self.faults: dict[str, str] = {}
        self.asked: Counter[str] = Counter()
        self.conditional: Counter[str] = Counter()
        self.tokens: dict[str, str] = {}
        # Trust marks and how they stand with their issuer.
        self.standing: dict[str, str] = {}
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with contextlib.suppress(OSError):
                    outer.answer(self)

            def do_POST(self) -> None:
                with contextlib.suppress(OSError):
                    outer.answer_status(self)

            def log_message(self, *arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.url = f"http://localhost:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def authority(self, name: str, *superiors: Entity, **claims: Any) -> Entity:
        """An authority that these superiors stand behind."""
        endpoint = f"{self.url}/{name}/fetch"
        made = self._entity(name, superiors, {"federation_entity": {"federation_fetch_endpoint": endpoint}})
        made.claims.update(claims)
        return made

    def site(self, name: str, *superiors: Entity, **metadata: Any) -> Entity:
        """A relying party that these superiors stand behind."""
        declared = {"redirect_uris": [f"{self.url}/{name}/cb"], "client_name": name} | metadata
        return self._entity(name, superiors, {RP: declared})

    def _entity(self, name: str, superiors: tuple[Entity, ...], metadata: dict[str, Any]) -> Entity:
        made = Entity(self, name, [superior.id for superior in superiors], metadata)
        self.entities[name] = made
        for superior in superiors:
            superior.add(made)
        return made

    def changed(self) -> None:
        """Sign everything anew at the next question."""
        with self._lock:
            self.tokens.clear()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        with self._lock:
            self.asked[parts.path] += 1
            self.conditional[parts.path] += "If-None-Match" in handler.headers
        fault = self.faults.get(parts.path)
        if fault is not None:
            self._fail(handler, fault)
            return
        token = self._token(handler.path, parts.path, parse_qs(parts.query).get("sub", [""])[0])
        if token is None:
            self._send(handler, 404, "application/json", b'{"error":"not_found"}')
            return
        etag = f'"{hashlib.sha256(token.encode()).hexdigest()[:16]}"'
        if handler.headers.get("If-None-Match") == etag:
            self._send(handler, 304, "", b"", etag)
        else:
            self._send(handler, 200, f"application/{TYP}", token.encode(), etag)

    def answer_status(self, handler: BaseHTTPRequestHandler) -> None:
        """Say how a trust mark stands (§8.4)."""
        name = handler.path.split("/")[1]
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        with self._lock:
            self.asked[handler.path] += 1
        token = form["trust_mark"][0]
        status = self.standing.get(token)
        if handler.path in self.faults:
            self._fail(handler, self.faults[handler.path])
        elif status is None:
            self._send(handler, 404, "application/json", b'{"error":"not_found"}')
        else:
            claims = {
                "iss": self.entities[name].id,
                "iat": clock.timestamp(),
                "trust_mark": token,
                "status": status,
            }
            answer = self.entities[name].sign(claims, "trust-mark-status-response+jwt")
            self._send(handler, 200, "application/trust-mark-status-response+jwt", answer.encode())

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _token(self, whole: str, path: str, sub: str) -> str | None:
        name = path.split("/")[1]
        entity = self.entities.get(name)
        if entity is None:
            return None
        if not path.endswith(WELL_KNOWN):
            subordinate = next((one for one in self.entities.values() if one.id == sub), None)
            if sub not in entity.below or subordinate is None:
                return None
        with self._lock:
            if whole not in self.tokens:
                self.tokens[whole] = (
                    entity.configuration() if path.endswith(WELL_KNOWN) else entity.says_of(self.by_id(sub))
                )
            return self.tokens[whole]

    def by_id(self, entity_id: str) -> Entity:
        return next(one for one in self.entities.values() if one.id == entity_id)

    def _fail(self, handler: BaseHTTPRequestHandler, fault: str) -> None:
        assert fault in FAULTS, fault
        if fault.isdigit():
            self._send(handler, int(fault), "text/plain", b"no")
        elif fault == "slow":
            time.sleep(8)
        elif fault == "redirect":
            handler.send_response(302)
            handler.send_header("Location", f"{self.url}/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
        elif fault == "huge":
            self._send(handler, 200, f"application/{TYP}", b"x" * 10_000_000)
        elif fault == "html":
            self._send(handler, 200, "text/html", b"<html>")
        elif fault == "garbage":
            self._send(handler, 200, f"application/{TYP}", b"not.a.statement")
        elif fault == "binary":
            self._send(handler, 200, f"application/{TYP}", b"\xff\x00\xfe")
        elif fault == "hang-up":
            handler.close_connection = True
        else:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/entity-statement+jwt\r\n\r\n")
            for _ in range(100_000):
                handler.wfile.write(b"x" * 65_536 if fault == "endless" else b"x")
                time.sleep(0 if fault == "endless" else 0.1)

    def _send(
        self, handler: BaseHTTPRequestHandler, status: int, kind: str, body: bytes, etag: str = ""
    ) -> None:
        handler.send_response(status)
        if kind:
            handler.send_header("Content-Type", kind)
        if etag:
            handler.send_header("ETag", etag)
        if status != 304:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
