"""``client_credentials`` (RFC 6749 §4.4): a token for the relying party itself; no person, no refresh token."""

from typing import Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidScopeError, UnauthorizedClientError

from idp import claims
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.client_auth import CONFIDENTIAL
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import access_token


class ClientCredentialsGrant(grants.ClientCredentialsGrant):  # type: ignore[misc] # Authlib's class is untyped
    """Issues a token whose subject is the client."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL

    def validate_token_request(self) -> None:
        """Authenticate the client; scopes that are about a person cannot be had without one."""
        rp: RelyingParty = self.authenticate_token_endpoint_client()
        if not rp.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError("The client is not registered for client_credentials")
        asked = (self.request.payload.scope or "").split()
        if set(asked) & set(claims.SCOPES) or not set(asked) <= set(rp.scope):
            raise InvalidScopeError("A scope was asked that this client cannot have for itself")
        self.request.client = rp

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Sign the token; no database is touched."""
        rp: RelyingParty = self.request.client
        scope = self.request.payload.scope or ""
        BATCH.get().enqueue(
            EventName.TOKEN_ISSUED, client_id=rp.client_id, grant_type=self.GRANT_TYPE, scope=scope
        )
        answer: dict[str, Any] = {
            "access_token": access_token.issue_for_client(rp.client_id, scope),
            "token_type": "Bearer",
            "expires_in": access_token.lifetime(),
        }
        return 200, answer | ({"scope": scope} if scope else {}), self.TOKEN_RESPONSE_HEADER


GRANT = ClientCredentialsGrant
