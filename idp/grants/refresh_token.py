"""``refresh_token`` (RFC 6749 §6, OIDC Core §12): rotation with reuse detection and a grace for lost answers."""

from typing import Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, InvalidScopeError

from idp.accounts import account as accounts
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.client_auth import METHODS
from idp.db import commit
from idp.relying_parties.relying_party import RelyingParty
from idp.tokens import access_token, consented, id_token, narrowing, on_behalf, present_levels, refresh_token
from idp.tokens.grant import Grant
from idp.tokens.refresh_token import Rotation


class RefreshTokenGrant(grants.RefreshTokenGrant):  # type: ignore[misc] # Authlib's class is untyped
    """Exchanges a refresh token for new tokens, itself included."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def validate_token_request(self) -> None:
        """Authenticate the client, rotate, and see that no scope was asked that was not granted.

        A refused scope leaves the token as it was: the rotation is rolled back with the transaction.
        """
        self.request.client = self._validate_request_client()
        token = self.request.form.get("refresh_token")
        if not token:
            raise InvalidRequestError("Missing refresh_token")
        rotation = refresh_token.rotate(token, self.request.client.client_id)
        if rotation is None:
            raise InvalidGrantError("The refresh token is invalid, expired, revoked or was used before")
        if not on_behalf.holds(rotation.grant):
            raise InvalidGrantError("The mandate that this was given under has ended")
        if not consented.holds(rotation.grant):
            raise InvalidGrantError("The consent that this was given on has ended")
        _narrow(rotation.grant)
        if not set((self.request.payload.scope or "").split()) <= set(rotation.grant.scope.split()):
            raise InvalidScopeError("A scope was asked that was not granted")
        self.request.refresh_token = rotation

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Issue the new tokens; the ID token repeats the original login (OIDC Core §12.2)."""
        rotation: Rotation = self.request.refresh_token
        rp: RelyingParty = self.request.client
        grant = rotation.grant
        # Less than asked where less is registered now (RFC 6749 §5.1): policies tighten while grants live.
        scope = rp.get_allowed_scope(self.request.payload.scope or grant.scope)
        access = access_token.issue_for_grant(grant, scope)
        answer: dict[str, Any] = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": access_token.lifetime(),
            "scope": scope,
            "refresh_token": rotation.token,
        }
        if grant.acting and grant.acting.details:
            answer["authorization_details"] = list(grant.acting.details)
        if "openid" in scope.split():
            answer["id_token"] = id_token.issue(
                grant, alg=rp.id_token_signed_response_alg, access_token=access, nonce=None, extra={}
            )
        commit()
        BATCH.get().enqueue(
            EventName.TOKEN_ISSUED,
            account_id=grant.account_id,
            client_id=rp.client_id,
            session_id=grant.session_id,
            grant_id=str(grant.id),
            grant_type=self.GRANT_TYPE,
        )
        return 200, answer, self.TOKEN_RESPONSE_HEADER


def _narrow(grant: Grant) -> None:
    """Let the grant say what it is worth now: evidence runs out, and policies begin, without anybody telling."""
    levels = present_levels.find(grant, accounts.get(grant.account_id))
    if levels is None:
        raise InvalidGrantError("The level that this was given on has fallen")
    if levels != grant.levels:
        narrowing.narrow(grant, levels)


GRANT = RefreshTokenGrant
