"""A relying party of the tests: it makes authorization requests and talks to the machine endpoints."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, Key
from joserfc.jws import JWSRegistry
from werkzeug.test import TestResponse

from idp import clock
from idp.relying_parties.relying_party import RelyingParty
from tests.person import Person, Visitor

SECRET = "nOtAsEcRet-0123456789-0123456789-abcdef"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY: Key = ECKey.generate_key("P-256", {"kid": "site-key"})
PUBLIC_JWKS = {"keys": [KEY.as_dict(private=False)]}
SCOPE = "openid profile phone offline_access"


class LaxRegistry(JWSRegistry):
    """Writes whatever header a test wants, as long as it may be."""

    max_header_length = 100_000


@dataclass
class Tokens:
    """The answer of the token endpoint."""

    status: int
    body: dict[str, Any]
    headers: Any = field(repr=False)

    def __getitem__(self, name: str) -> Any:
        return self.body[name]

    @property
    def error(self) -> str | None:
        """The error code, None for a success."""
        return self.body.get("error")


@dataclass
class Site:
    """A registered relying party with all it knows itself."""

    app: Flask
    issuer: str
    rp: RelyingParty
    secret: str | None
    # What the last `authorize_url` made up.
    verifier: str = ""
    state: str = ""
    nonce: str = ""
    key: Key = field(default_factory=lambda: KEY)

    @staticmethod
    def metadata(number: int) -> dict[str, Any]:
        """Metadata of a confidential site that asks for consent; change it at will."""
        host = f"https://site{number}.example.cn"
        return {
            "client_id": f"site-{number}",
            "client_name": f"网站{number}",
            "client_name#en": f"Site {number}",
            "organization_name": "杭州示例中心",
            "purpose": "办理业务",
            "purpose#en": "To serve you",
            "legal_basis": "consent",
            "items": [
                {"name": "name", "required": True},
                {"name": "locale", "required": False},
                {"name": "phone_number", "required": False},
                {"name": "offline_access", "required": False},
            ],
            "redirect_uris": [f"{host}/callback"],
            "post_logout_redirect_uris": [f"{host}/bye"],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": SCOPE,
            "token_endpoint_auth_method": "client_secret_basic",
            "client_secret": SECRET,
        }

    @property
    def id(self) -> str:
        """The client_id."""
        return self.rp.client_id

    @property
    def redirect_uri(self) -> str:
        """The first redirect URI."""
        return self.rp.redirect_uris[0]

    def authorize_url(self, **changes: Any) -> str:
        """An authorization request with PKCE, state and nonce; a change to None takes a parameter away."""
        self.verifier = secrets.token_urlsafe(48)
        self.state, self.nonce = secrets.token_urlsafe(12), secrets.token_urlsafe(12)
        params = {
            "client_id": self.id,
            "response_type": "code",
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile phone",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
        } | {name: json.dumps(value) if name == "claims" else value for name, value in changes.items()}
        return f"/authorize?{urlencode({n: v for n, v in params.items() if v is not None})}"

    def request_object(
        self, *, header: dict[str, Any] | None = None, key: Key | None = None, **changes: Any
    ) -> str:
        """A signed authorization request (RFC 9101 §4); a change to None takes a claim or parameter away."""
        now = clock.timestamp()
        claims: dict[str, Any] = dict(parse_qsl(self.authorize_url().partition("?")[2]))
        claims |= {"iss": self.id, "aud": self.issuer, "exp": now + 60, "jti": secrets.token_urlsafe(16)}
        claims |= changes
        given = {name: value for name, value in claims.items() if value is not None}
        protected = {"alg": "ES256", "kid": "site-key", "typ": "oauth-authz-req+jwt"} | (header or {})
        protected = {name: value for name, value in protected.items() if value is not None}
        registry = LaxRegistry(algorithms=[protected["alg"]], strict_check_header=False)
        return jwt.encode(protected, given, key or self.key, registry=registry)

    def signed_url(self, request_object: str, **beside: str) -> str:
        """An authorization request by value; *beside* stands outside of the object."""
        return f"/authorize?{urlencode({'client_id': self.id, 'request': request_object} | beside)}"

    def push(self, **changes: Any) -> TestResponse:
        """Push an authorization request (RFC 9126 §2.1); a change to None takes a parameter away."""
        params: dict[str, Any] = dict(parse_qsl(self.authorize_url().partition("?")[2]))
        return self.post("/par", **params | changes)

    def pushed_url(self, request_uri: str, **beside: str) -> str:
        """An authorization request that was pushed before."""
        return f"/authorize?{urlencode({'client_id': self.id, 'request_uri': request_uri} | beside)}"

    def visitor(self, **options: Any) -> Visitor:
        """A fresh browser."""
        return Visitor(self.app, self.issuer, **options)

    def code(self, person: Person, visitor: Visitor | None = None, **changes: Any) -> str:
        """Let *person* log in and agree; return the code."""
        visitor = visitor or self.visitor()
        visitor.arrive(self.authorize_url(**changes), person)
        answer = answered(visitor.location)
        assert "code" in answer, (visitor.response.status_code, visitor.path, answer, visitor.page.error)
        return answer["code"]

    def tokens(self, person: Person, visitor: Visitor | None = None, **changes: Any) -> Tokens:
        """Let *person* log in and redeem the code."""
        made = self.redeem(self.code(person, visitor, **changes))
        assert made.status == 200, made.body
        return made

    def redeem(self, code: str, /, **changes: Any) -> Tokens:
        """Exchange a code."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri}
        return self.token(**form | {"code_verifier": self.verifier or None} | changes)

    def refresh(self, token: str, /, **changes: Any) -> Tokens:
        """Exchange a refresh token."""
        return self.token(**{"grant_type": "refresh_token", "refresh_token": token} | changes)

    def token(self, **form: Any) -> Tokens:
        """Post to the token endpoint, authenticated as registered; None takes a parameter away."""
        response = self.post("/token", **form)
        return Tokens(response.status_code, json.loads(response.data), response.headers)

    def introspect(self, token: str, /, **form: Any) -> dict[str, Any]:
        """Ask about a token."""
        body: dict[str, Any] = json.loads(self.post("/introspect", token=token, **form).data)
        return body

    def revoke(self, token: str) -> TestResponse:
        """Give a token back."""
        return self.post("/revoke", token=token)

    def userinfo(self, access_token: str) -> TestResponse:
        """Ask who the person is."""
        return self.app.test_client().get(
            "/userinfo", base_url=self.issuer, headers={"Authorization": f"Bearer {access_token}"}
        )

    def claims(self, access_token: str) -> dict[str, Any]:
        """The userinfo claims."""
        response = self.userinfo(access_token)
        assert response.status_code == 200, response.data
        claims: dict[str, Any] = json.loads(response.data)
        return claims

    def post(self, path: str, **form: Any) -> TestResponse:
        """Post a form to a machine endpoint with this client's authentication."""
        headers, credentials = self.credentials()
        data = {name: value for name, value in (credentials | form).items() if value is not None}
        return self.app.test_client().post(path, base_url=self.issuer, data=data, headers=headers)

    def credentials(self) -> tuple[dict[str, str], dict[str, str]]:
        """Headers and form members of the registered authentication method."""
        method = self.rp.token_endpoint_auth_method
        if method == "client_secret_basic":
            return {"Authorization": basic(self.id, self.secret or "")}, {}
        if method == "client_secret_post":
            return {}, {"client_id": self.id, "client_secret": self.secret or ""}
        if method == "private_key_jwt":
            return {}, {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}
        return {}, {"client_id": self.id}

    def assertion(
        self, *, header: dict[str, Any] | None = None, key: Key | None = None, **changes: Any
    ) -> str:
        """A client assertion (RFC 7523 §3); a change to None takes a claim away."""
        now = clock.timestamp()
        claims = {
            "iss": self.id,
            "sub": self.id,
            "aud": self.issuer,
            "iat": now,
            "exp": now + 60,
            "jti": secrets.token_urlsafe(16),
        } | changes
        given = {name: value for name, value in claims.items() if value is not None}
        protected = {"alg": "ES256", "kid": "site-key"} | (header or {})
        return jwt.encode(protected, given, key or self.key, algorithms=[protected["alg"]])


def challenge(verifier: str) -> str:
    """The S256 challenge of RFC 7636 §4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def basic(client_id: str, secret: str) -> str:
    """The Authorization header of RFC 6749 §2.3.1."""
    raw = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(raw.encode()).decode()}"


def answered(location: str) -> dict[str, str]:
    """The parameters of an authorization response, in query or fragment."""
    parts = urlsplit(location)
    return dict(parse_qsl(parts.fragment or parts.query, keep_blank_values=True))


def decoded(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a JWT, unverified."""
    head, payload, _ = token.split(".")
    first, second = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, payload))
    return first, second
