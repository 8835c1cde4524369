"""Authorization requests that a relying party pushed before it sent the browser (RFC 9126): kept once, taken once."""

import json
import secrets

from authlib.oauth2.rfc6749.errors import InvalidRequestError, OAuth2Error

from idp.ephemeral.store import EPHEMERAL
from idp.journey.authorization_request import AuthorizationRequest
from idp.keys import field_cipher
from idp.relying_parties.relying_party import RelyingParty
from idp.settings import SETTINGS

PREFIX = "urn:ietf:params:oauth:request_uri:"
BYTES = 32
LONGEST = 200


class InvalidRequestUri(OAuth2Error):  # type: ignore[misc] # Authlib is untyped
    """The request_uri is unknown, another client's, over or was used (RFC 9101 §7)."""

    error = "invalid_request_uri"


def lifetime() -> int:
    """Return how many seconds a pushed request waits for its browser (RFC 9126 §2.2)."""
    return SETTINGS.get().lifetimes.pushed_request


def push(request: AuthorizationRequest) -> str:
    """Keep *request* and return the request_uri under which it is taken, once."""
    reference = secrets.token_urlsafe(BYTES)
    EPHEMERAL.get().put(_key(reference), json.dumps(request.to_json()).encode(), lifetime())
    return PREFIX + reference


def take(request_uri: str, rp: RelyingParty) -> AuthorizationRequest:
    """Return what *rp* pushed and use it up; raises InvalidRequestUri."""
    reference = request_uri.removeprefix(PREFIX)
    if reference == request_uri or len(request_uri) > LONGEST or not reference.isascii():
        raise InvalidRequestUri("request_uri must be one that the pushed authorization request endpoint gave")
    kept = EPHEMERAL.get().take(_key(reference))
    request = AuthorizationRequest.from_json(json.loads(kept)) if kept is not None else None
    # RFC 9126 §4: bound to the client that pushed it; whoever else tries has used it up.
    if request is None or request.client_id != rp.client_id:
        raise InvalidRequestUri("request_uri is unknown, has expired or was used before")
    if not rp.check_redirect_uri(request.redirect_uri):
        raise InvalidRequestUri("redirect_uri of the pushed request is no longer registered")
    return request


def check_wanted(rp: RelyingParty) -> None:
    """Raise InvalidRequestError where *rp* registered to push its requests, and did not (RFC 9126 §6)."""
    if rp.require_pushed_authorization_requests:
        raise InvalidRequestError("Pushed authorization requests are required of this client")


def _key(reference: str) -> str:
    return f"pushed_request:{field_cipher.secret_digest('pushed_request', reference).hex()}"
