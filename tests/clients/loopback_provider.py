"""A small OpenID provider on 127.0.0.1, a real HTTP server that signs with joserfc.

It logs its one person in without asking, checks the relying party as a provider must (authentication, signed and
pushed requests, redirect URI, PKCE, single use of codes), and can be told to misbehave: ``replies`` answers a path in
its place, ``id_token_claims`` and ``id_token_header`` change what is signed.
"""

import base64
import contextlib
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

ES256 = ECKey.generate_key("P-256", {"kid": "es", "use": "sig", "alg": "ES256"})
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = 1_800_000_000.0

    def now(self) -> float:
        return self.time


@dataclass
class Request:
    """What somebody asked the provider."""

    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    headers: Mapping[str, str]
    body: str = ""


@dataclass
class Reply:
    """What the provider answers."""

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})


def json_reply(content: object, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(content).encode(), {"Content-Type": "application/json", **named})


class LoopbackProvider:
    """See the module."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.keys: list[Any] = [ES256, RSA]
        self.signing_key: Any = ES256
        self.algorithm = "ES256"
        self.clients: dict[str, dict[str, Any]] = {
            "rp": {"method": "client_secret_basic", "secret": "s3cret"}
        }
        self.person: dict[str, Any] = {"sub": "pairwise-zhang", "name": "张伟"}
        self.login: dict[str, Any] = {"sid": "sid-1", "amr": ["pwd", "otp", "mfa"], "auth_time": 0}
        self.sends_iss = True
        self.authorize_error: dict[str, str] | None = None
        self.replies: dict[str, Callable[[Request], Reply]] = {}
        self.metadata_changes: dict[str, Any] = {}
        self.id_token_claims: dict[str, Any] = {}
        self.id_token_header: dict[str, Any] = {}
        self.token_changes: dict[str, Any] = {}
        self.requests: list[Request] = []
        self.pushed: dict[str, dict[str, str]] = {}
        self.used: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh_tokens: dict[str, dict[str, str]] = {}
        self.issuer = ""

    # ------------------------------------------------------------------------------------------ endpoints

    def answer(self, request: Request) -> Reply:
        """Route one request."""
        self.requests.append(request)
        if request.path in self.replies:
            return self.replies[request.path](request)
        routes: dict[str, Callable[[Request], Reply]] = {
            "/.well-known/openid-configuration": lambda _: json_reply(self.metadata()),
            "/jwks": lambda _: json_reply(KeySet(self.keys).as_dict(private=False)),
            "/authorize": self.authorize,
            "/par": self.par,
            "/token": self.token,
            "/userinfo": self.userinfo,
            "/end_session": self.end_session,
        }
        route = routes.get(request.path)
        return Reply(404) if route is None else route(request)

    def metadata(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "pushed_authorization_request_endpoint": f"{self.issuer}/par",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "end_session_endpoint": f"{self.issuer}/end_session",
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": self.sends_iss,
            **self.metadata_changes,
        }

    def authorize(self, request: Request) -> Reply:
        """Log the person in, at once."""
        asked = self.asked(request.query)
        self._use_up(request.query)
        answer = {"state": asked["state"]}
        if self.sends_iss:
            answer["iss"] = self.issuer
        if self.authorize_error is not None:
            answer.update(self.authorize_error)
        else:
            answer["code"] = secrets.token_urlsafe(24)
            self.codes[answer["code"]] = asked
            if "max_age" in asked or not self.login["auth_time"]:
                self.login["auth_time"] = int(self.clock.now())
        return Reply(303, b"", {"Location": f"{asked['redirect_uri']}?{urlencode(answer)}"})

    def par(self, request: Request) -> Reply:
        """Keep a request of a relying party that proved itself (RFC 9126)."""
        client_id = self.authenticate(request)
        if client_id is None or request.form["client_id"] != client_id:
            return json_reply({"error": "invalid_client"}, 401)
        reference = f"urn:ietf:params:oauth:request_uri:{secrets.token_urlsafe(24)}"
        self.pushed[reference] = request.form
        return json_reply({"request_uri": reference, "expires_in": 60}, 201)

    def asked(self, query: dict[str, str]) -> dict[str, str]:
        """What a browser that comes with this query asks for, wherever it stands."""
        asked = self.pushed[query["request_uri"]] if "request_uri" in query else query
        return self._opened(asked) if "request" in asked else asked

    def _use_up(self, query: dict[str, str]) -> None:
        pushed = self.pushed.pop(query.get("request_uri", ""), query)
        if "request" in pushed:
            assert pushed["request"] not in self.used, "a signed request counts once"
            self.used.add(pushed["request"])

    def _opened(self, outer: dict[str, str]) -> dict[str, str]:
        """What a signed request says, as texts (RFC 9101 §6); what is asked outside of it does not count."""
        keys = KeySet.import_key_set(self.clients[outer["client_id"]]["jwks"])
        opened = jwt.decode(outer["request"], keys, algorithms=["ES256"])
        said = opened.claims
        assert opened.header["typ"] == "oauth-authz-req+jwt"
        assert (said["iss"], said["client_id"], said["aud"]) == (*[outer["client_id"]] * 2, self.issuer)
        assert said["iat"] <= self.clock.now() < said["exp"] <= self.clock.now() + 300
        assert "sub" not in said
        assert len(said["jti"]) >= 32
        return {name: one if isinstance(one, str) else json.dumps(one) for name, one in said.items()}

    def token(self, request: Request) -> Reply:
        """Redeem a code or a refresh token, or answer the relying party itself."""
        client_id = self.authenticate(request)
        if client_id is None:
            return json_reply({"error": "invalid_client"}, 401)
        form = request.form
        if form["grant_type"] == "client_credentials":
            return json_reply(self.token_answer())
        if form["grant_type"] == "refresh_token":
            asked = self.refresh_tokens.pop(form["refresh_token"], None)
        else:
            asked = self.codes.pop(form["code"], None)
            if asked is not None and not self._is_proven(asked, form):
                asked = None
        if asked is None:
            return json_reply({"error": "invalid_grant", "error_description": "spent"}, 400)
        answer = self.token_answer()
        answer["refresh_token"] = secrets.token_urlsafe(24)
        self.refresh_tokens[answer["refresh_token"]] = asked
        answer["id_token"] = self.id_token(client_id, asked.get("nonce"), answer["access_token"])
        return json_reply({**answer, **self.token_changes})

    def _is_proven(self, asked: dict[str, str], form: dict[str, str]) -> bool:
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return challenge == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]

    def token_answer(self) -> dict[str, Any]:
        """What every grant answers."""
        return {"access_token": secrets.token_urlsafe(32), "token_type": "Bearer", "expires_in": 300}

    def authenticate(self, request: Request) -> str | None:
        """The client's id when it proved itself by its registered method."""
        form = request.form
        basic = request.headers.get("Authorization", "")
        if basic.startswith("Basic "):
            name, _, secret = base64.b64decode(basic[6:]).decode().partition(":")
            client_id, used, proof = unquote_plus(name), "client_secret_basic", unquote_plus(secret)
        elif "client_assertion" in form:
            client_id, used, proof = form["client_id"], "private_key_jwt", form["client_assertion"]
        elif "client_secret" in form:
            client_id, used, proof = form["client_id"], "client_secret_post", form["client_secret"]
        else:
            client_id, used, proof = form.get("client_id", ""), "none", ""
        client = self.clients.get(client_id)
        if client is None or client["method"] != used:
            return None
        if used == "private_key_jwt":
            claims = jwt.decode(proof, KeySet.import_key_set(client["jwks"]), algorithms=["ES256"]).claims
            return client_id if claims["aud"] == self.issuer and claims["sub"] == client_id else None
        return client_id if proof == client.get("secret", "") else None

    def userinfo(self, request: Request) -> Reply:
        """The person's claims."""
        if not request.headers.get("Authorization", "").startswith("Bearer "):
            return json_reply({"error": "invalid_token"}, 401)
        return json_reply(self.person)

    def end_session(self, request: Request) -> Reply:
        """Log out and send the browser back."""
        return Reply(303, b"", {"Location": request.query["post_logout_redirect_uri"]})

    # --------------------------------------------------------------------------------------------- tokens

    def id_token(
        self, client_id: str = "rp", nonce: str | None = None, access_token: str | None = None
    ) -> str:
        """A signed ID token, changed as the test wants; a claim changed to None is left out."""
        now = int(self.clock.now())
        claims = {
            "iss": self.issuer,
            "sub": self.person["sub"],
            "aud": client_id,
            "iat": now,
            "exp": now + 300,
            **self.login,
        }
        if nonce is not None:
            claims["nonce"] = nonce
        if access_token is not None:
            claims["at_hash"] = at_hash(access_token)
        return self.sign({**claims, **self.id_token_claims}, self.id_token_header)

    def logout_token(self, client_id: str = "rp", *, typ: str | None = "logout+jwt", **changes: Any) -> str:
        """A signed logout token, changed in the same way."""
        now = int(self.clock.now())
        claims = {
            "iss": self.issuer,
            "aud": client_id,
            "iat": now,
            "exp": now + 120,
            "jti": secrets.token_urlsafe(16),
            "sid": self.login["sid"],
            "sub": self.person["sub"],
            "events": {LOGOUT_EVENT: {}},
        }
        return self.sign({**claims, **changes}, {"typ": typ})

    def sign(self, claims: dict[str, Any], header: Mapping[str, Any] | None = None) -> str:
        """Sign what is not None."""
        said = {"alg": self.algorithm, "kid": self.signing_key.kid, **(header or {})}
        present = {name: value for name, value in claims.items() if value is not None}
        kept = {name: value for name, value in said.items() if value is not None}
        return jwt.encode(kept, present, self.signing_key, algorithms=[self.algorithm])

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return sum(request.path == path for request in self.requests)


def at_hash(access_token: str) -> str:
    """OIDC Core §3.1.3.6 for SHA-256."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode()).digest()[:16]).rstrip(b"=").decode()


@contextlib.contextmanager
def run(clock: Clock) -> Iterator[LoopbackProvider]:
    """The provider, served on a port of its own."""
    provider = LoopbackProvider(clock)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def do_PATCH(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            reply = provider.answer(
                Request(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query)),
                    dict(parse_qsl(body)),
                    dict(self.headers.items()),
                    body,
                )
            )
            # Who asks may hang up in the middle: that is what some tests are about.
            with contextlib.suppress(ConnectionError):
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for chunk in [reply.body] if isinstance(reply.body, bytes) else reply.body:
                    self.wfile.write(chunk)
                    self.wfile.flush()

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
