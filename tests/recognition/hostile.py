"""A provider of a third province that the anchor vouches for, and that says whatever a test wants."""

import base64
import json
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from joserfc.jwk import ECKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from idp import clock
from idp.db import commit
from idp.federation import hosted_entity, subordinate
from idp.recognition import member
from tests.recognition.provinces import Provinces, Quiet
from tests.services import program

LEVELS = {"urn:anhui:high": 3, "urn:anhui:low": 1}
CODE = "the-code"
Change = Callable[[dict[str, Any]], dict[str, Any]]


class Hostile:
    """One process. ``pushed``: what we asked last; change ``claims``, ``about`` or ``answers`` at will."""

    def __init__(self, provinces: Provinces, division: str) -> None:
        self.port = program.free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self.division = division
        self.key = ECKey.generate_key("P-256", {"kid": "anhui", "alg": "ES256", "use": "sig"})
        self.client = provinces.here.issuer
        self.pushed: dict[str, str] = {}
        self.redeemed: dict[str, str] = {}
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.about: dict[str, Any] = {}
        self.answers: dict[str, Response] = {}
        self.asked: list[str] = []
        self._server = make_server("127.0.0.1", self.port, self._serve, threaded=True, request_handler=Quiet)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self._found(provinces)

    def reset(self) -> None:
        """Be honest again."""
        self.claims, self.header, self.about, self.answers = {}, {}, {}, {}

    def metadata(self) -> dict[str, Any]:
        """What its superior vouches for."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "pushed_authorization_request_endpoint": f"{self.issuer}/par",
            "end_session_endpoint": f"{self.issuer}/end_session",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["ES256"],
        }

    def callback(self, **changes: str | None) -> str:
        """Where it sends the browser with its answer."""
        params = {"code": CODE, "state": self.pushed.get("state", ""), "iss": self.issuer} | changes
        given = {name: value for name, value in params.items() if value is not None}
        return f"{self.client}/login/province/callback?{urlencode(given)}"

    def id_token(self, nonce: str = "") -> str:
        """What it says of the login."""
        now = clock.timestamp()
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.client,
            "sub": "person-1",
            "iat": now,
            "exp": now + 300,
            "auth_time": now,
            "nonce": nonce or self.pushed.get("nonce"),
            "acr": "urn:anhui:high",
            "sid": "session-1",
        } | self.claims
        return self.sign({name: value for name, value in claims.items() if value is not None}, self.header)

    def sign(self, claims: dict[str, Any], header: dict[str, Any]) -> str:
        """Sign whatever it is."""
        protected = {"alg": "ES256", "kid": "anhui", "typ": "JWT"} | header
        given = {name: value for name, value in protected.items() if value is not None}
        # No library: it would not write what the test wants.
        text = f"{_part(json.dumps(given))}.{_part(json.dumps(claims))}"
        signature = self.key.get_op_key("sign").sign(text.encode(), ec.ECDSA(hashes.SHA256()))
        r, s = utils.decode_dss_signature(signature)
        return f"{text}.{_part(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _found(self, provinces: Provinces) -> None:
        names = {"zh-Hans": "安徽省", "en": "Anhui"}
        with provinces.here.context():
            declared = {"openid_provider": self.metadata()}
            hosted_entity.create(self.issuer, kind=hosted_entity.LEAF, names=names, declared=declared)
            subordinate.put(provinces.anchor, self.issuer, entity_types=["openid_provider"])
            member.put(provinces.anchor, self.issuer, division_code=self.division, names=names, levels=LEVELS)
            commit()

    def _serve(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        self.asked.append(request.path)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        form = dict(parse_qsl(request.get_data(as_text=True)))
        if request.path == "/par":
            self.pushed = form
        if request.path == "/token":
            self.redeemed = form
        if request.path in self.answers:
            return self.answers[request.path]
        match request.path:
            case "/par":
                return as_json({"request_uri": "urn:x:1", "expires_in": 60}, 201)
            case "/token":
                nonce = "" if form.get("code") == CODE else form.get("code", "")
                return as_json(
                    {"access_token": "at", "token_type": "Bearer", "id_token": self.id_token(nonce)}
                )
            case "/userinfo":
                about = {"sub": "person-1", "name": "陈立"} | self.about
                return as_json({name: value for name, value in about.items() if value is not None})
            case "/jwks":
                return as_json({"keys": [dict(self.key.as_dict(private=False))]})
        return Response("not found", 404)


def _part(content: str | bytes) -> str:
    raw = content.encode() if isinstance(content, str) else content
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def as_json(value: Any, status: int = 200) -> Response:
    """An answer in JSON."""
    return Response(json.dumps(value), status, content_type="application/json")
