"""Authlib's authorization server, wrapped once: nobody else touches its request and response objects.

It checks requests in the order of RFC 6749, authenticates clients and dispatches grants; what is issued and stored
is `idp.tokens`' business. Values come in as dictionaries and go out as `Answer`, so that a door needs only
to read parameters and to send bytes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer as AuthlibServer
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.errors import (
    InvalidClientError,
    InvalidRequestError,
    InvalidScopeError,
    OAuth2Error,
    UnauthorizedClientError,
    UnsupportedResponseTypeError,
)
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from idp import client_auth, grants, machine, metrics, network_address
from idp.client_auth import private_key_jwt
from idp.db import db
from idp.federation import trust_chain_header
from idp.grants.authorization_code import S256CodeChallenge
from idp.journey import authorization_request, pushed_request, request_object
from idp.journey.authorization_request import AuthorizationRequest
from idp.local_limit import LOCAL_LIMIT
from idp.machine import Answer, Call
from idp.per_app import PerApp
from idp.relying_parties import cache, federated
from idp.relying_parties.relying_party import NONE, RelyingParty
from idp.settings import SETTINGS

MINUTE = 60
RESPONSE_TYPES = ("code",)
# Where a member of the federation may come without being known.
REGISTERING = frozenset({"token", "/par"})
# What proves the client at the pushed authorization request endpoint is no part of the request (RFC 9126 §2.1).
OF_THE_CLIENT = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


class Request(OAuth2Request):  # type: ignore[misc] # Authlib's class is untyped
    """A request as Authlib sees it, made of values."""

    def __init__(self, path: str, call: Call) -> None:
        # Which transport is secure enough was decided by the settings: Authlib's own check knows fewer loopbacks.
        super().__init__("POST", "https://transport-was-checked.invalid", headers=call.headers)
        self.uri = f"{SETTINGS.get().issuer}{path}"
        self.address = call.address
        self.payload = BasicOAuth2Payload(call.form)

    @property
    def form(self) -> dict[str, str]:
        """The body's parameters."""
        found: dict[str, str] = self.payload.data
        return found


class AuthorizationServer(AuthlibServer):  # type: ignore[misc] # Authlib's class is untyped
    """The one instance of this application, stateless between requests."""

    def __init__(self) -> None:
        super().__init__()
        for method in client_auth.ALL:
            self.register_client_auth_method(method.METHOD, method.authenticate)
        for module in grants.ALL:
            extensions = [S256CodeChallenge(required=True)] if module is grants.authorization_code else None
            self.register_grant(module.GRANT, extensions)

    def query_client(self, client_id: str) -> RelyingParty | None:
        """Return the relying party from the cache, a member of the federation while its chain holds."""
        return federated.find(client_id)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Authlib announces steps here; nobody listens."""

    def handle_response(self, status: int, body: Any, headers: Any) -> Answer:
        """Turn Authlib's answer into ours."""
        extra = tuple((name, value) for name, value in headers or () if name == "WWW-Authenticate")
        return machine.answer(dict(body), status, extra)

    def authenticate_client(self, request: Request, methods: Any, endpoint: str = "token") -> RelyingParty:
        """Return who calls; raises InvalidClientError, or TooMany for a relying party or address beyond its limit."""
        limits = SETTINGS.get().limits
        _check_one_method(request)
        _check_member(request, may_register=endpoint in REGISTERING)
        try:
            rp: RelyingParty = super().authenticate_client(request, methods, endpoint)
        except InvalidClientError:
            caller = network_address.caller(request.address)
            LOCAL_LIMIT.get().check(f"client-auth:{caller}", limits.client_auth_failures, MINUTE)
            raise
        if request.form.get("client_id", rp.client_id) != rp.client_id:
            raise InvalidRequestError("client_id names another client than the one that authenticated")
        LOCAL_LIMIT.get().check(f"rp:{rp.client_id}", limits.machine_requests_per_rp, MINUTE)
        return rp

    def token(self, call: Call) -> Answer:
        """Answer a token request (RFC 6749 §3.2); what was not committed by a success is rolled back."""
        request = Request("/token", call)
        try:
            if "grant_type" not in call.form:
                raise InvalidRequestError("Missing grant_type")
            grant = self.get_token_grant(request)
            grant.validate_token_request()
            answer = self.handle_response(*grant.create_token_response())
        except OAuth2Error as error:
            db.session.rollback()
            return self.refuse(error, call)
        metrics.token_issued(call.form["grant_type"])
        return answer

    def authenticated(self, path: str, call: Call, *, public: bool) -> RelyingParty:
        """Return the relying party that calls another endpoint; raises InvalidClientError."""
        methods = client_auth.METHODS if public else client_auth.CONFIDENTIAL
        return self.authenticate_client(Request(path, call), methods, path)

    def refuse(self, error: OAuth2Error, call: Call) -> Answer:
        """Return the error answer (RFC 6749 §5.2); 401 with a challenge for a client that used the header."""
        if isinstance(error, InvalidClientError):
            basic = "Authorization" in call.headers
            error.status_code = 401
            challenge = (("WWW-Authenticate", 'Basic realm="tongxing"'),) if basic else ()
            return machine.answer(dict(error.get_body()), 401, challenge)
        # A machine is answered, never sent on.
        error.redirect_uri = None
        return self.handle_response(*error())

    def authorization_request(self, params: dict[str, str]) -> AuthorizationRequest:
        """Check an authorization request (RFC 6749 §4.1.1, OIDC Core §3.1.2.2), or take one that was pushed.

        Raises OAuth2Error: with ``redirect_uri`` set where the answer may go to the relying party, without where
        client or redirect URI are not what was registered, so that nobody is ever sent to a stranger's address.
        """
        rp = self._known(params)
        with _answered_at(params, rp):
            if "request_uri" in params:
                return pushed_request.take(params["request_uri"], rp)
            pushed_request.check_wanted(rp)
        return self._checked(params, rp)

    def signed_parameters(
        self, params: dict[str, str], address: str, *, pushed: bool = False
    ) -> dict[str, str]:
        """Return what counts of *params*: what was signed where there is a request object, else all (RFC 9101 §6.3).

        *address*: of whoever sends it. Raises OAuth2Error as `authorization_request` does.
        """
        if "request" in params:
            _check_stranger(params.get("client_id", ""), address)
        rp = self._known(params)
        with _answered_at(params, rp):
            if "request_uri" in params:
                if "request" in params:
                    raise InvalidRequestError("request and request_uri exclude each other")
                return params
            request_object.check_wanted(params, rp, pushed=pushed)
            return request_object.read(params["request"], rp) if "request" in params else params

    def push(self, call: Call) -> str:
        """Keep the authorization request of a client that authenticates, return its request_uri (RFC 9126 §2).

        Raises OAuth2Error.
        """
        rp = self.authenticated("/par", call, public=True)
        if "request_uri" in call.form:
            raise InvalidRequestError("request_uri has no place in a pushed request")
        if rp.token_endpoint_auth_method == NONE:
            # Anybody can name a public client, and each request takes room.
            caller = network_address.caller(call.address)
            LOCAL_LIMIT.get().check(f"par:{caller}", SETTINGS.get().limits.new_journeys_per_address, MINUTE)
        params = {name: value for name, value in call.form.items() if name not in OF_THE_CLIENT}
        params = self.signed_parameters(params | {"client_id": rp.client_id}, call.address, pushed=True)
        return pushed_request.push(self._checked(params, rp))

    def _known(self, params: dict[str, str]) -> RelyingParty:
        client_id = params.get("client_id", "")
        if "request" in params:
            rp = federated.admit(client_id, trust_chain_header.read(params["request"]))
        else:
            rp = federated.get(client_id)
        if rp is None:
            raise InvalidClientError(
                "The client is unknown" if "client_id" in params else "Missing client_id"
            )
        return rp

    def _checked(self, params: dict[str, str], rp: RelyingParty) -> AuthorizationRequest:
        redirect_uri = params.get("redirect_uri", "")
        if not redirect_uri or not rp.check_redirect_uri(redirect_uri):
            raise InvalidRequestError("redirect_uri is missing or not registered for this client")
        try:
            scope = self._checked_scope(params, rp)
            return authorization_request.parse(params, rp, redirect_uri, scope)
        except OAuth2Error as error:
            error.redirect_uri = redirect_uri
            raise

    @staticmethod
    def _checked_scope(params: dict[str, str], rp: RelyingParty) -> str:
        response_type = params.get("response_type")
        if not response_type:
            raise InvalidRequestError("Missing response_type")
        if response_type not in RESPONSE_TYPES:
            raise UnsupportedResponseTypeError(response_type)
        if not rp.check_response_type(response_type) or not rp.check_grant_type("authorization_code"):
            raise UnauthorizedClientError("The client is not registered for response_type code")
        scope: str = rp.get_allowed_scope(params.get("scope", ""))
        if "openid" not in scope.split():
            raise InvalidScopeError("The scope openid is missing or not registered")
        return scope


SERVER: PerApp[AuthorizationServer] = PerApp("authorization_server")


@contextmanager
def _answered_at(params: dict[str, str], rp: RelyingParty) -> Iterator[None]:
    """Let an error go to the relying party only where the browser's own parameters name an address of it."""
    try:
        yield
    except OAuth2Error as error:
        redirect_uri = params.get("redirect_uri", "")
        if redirect_uri and rp.check_redirect_uri(redirect_uri):
            error.redirect_uri = redirect_uri
        raise


def _check_member(request: Request, *, may_register: bool) -> None:
    """Say why where a member of the federation does not count; register one at the doors that may."""
    assertion = request.form.get("client_assertion", "")
    client_id = request.form.get("client_id") or private_key_jwt.claimed_client(assertion)
    if not cache.is_entity(client_id):
        return
    try:
        if may_register:
            _check_stranger(client_id, request.address)
            federated.admit(client_id, trust_chain_header.read(request.form.get("request") or assertion))
        else:
            federated.get(client_id)
    except federated.Refused as error:
        raise InvalidClientError(f"The trust chain of this client does not hold: {error.detail}") from error


def _check_stranger(client_id: str, address: str) -> None:
    """Let nobody make us look for members of the federation without end; raises TooMany."""
    if cache.is_entity(client_id) and cache.find(client_id) is None:
        caller = network_address.caller(address)
        LOCAL_LIMIT.get().check(f"resolve:{caller}", SETTINGS.get().limits.resolutions_per_address, MINUTE)


def _check_one_method(request: Request) -> None:
    used = [
        "Authorization" in request.headers,
        "client_secret" in request.form,
        "client_assertion" in request.form,
    ]
    if sum(used) > 1:
        raise InvalidRequestError("More than one client authentication method was used")
