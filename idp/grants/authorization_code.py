"""``authorization_code`` (RFC 6749 §4.1.3, OIDC Core §3.1.3, PKCE RFC 7636 §4.6)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.errors import InvalidGrantError
from authlib.oauth2.rfc7636 import CodeChallenge
from sqlalchemy import bindparam, select

from idp import clock
from idp.accounts.account import ACTIVE, Account
from idp.audit import log
from idp.audit.event import EventName
from idp.claims import recognition, release
from idp.client_auth import METHODS
from idp.consent import consent_record
from idp.consent.consent_record import ConsentRecord
from idp.db import commit, db
from idp.relying_parties.relying_party import RelyingParty
from idp.sessions import participant
from idp.sessions.session import Session
from idp.tokens import (
    access_token,
    authorization_code,
    consented,
    id_token,
    on_behalf,
    present_levels,
    refresh_token,
)
from idp.tokens import grant as grants_made
from idp.tokens.authorization_code import AuthorizationCode
from idp.tokens.grant import Grant

# Put together once: building them takes longer than running them.
_IS_LOGGED_IN = (
    (Account.id == bindparam("account_id"))
    & (Account.status == ACTIVE)
    & select(Session.id)
    .where(
        Session.id == bindparam("session_id"),
        Session.ended_at.is_(None),
        Session.expires_at > bindparam("now"),
    )
    .exists()
)
_FIND_ACCOUNT = select(Account).where(_IS_LOGGED_IN)
# Nobody withdraws between looking and the commit of the grant.
_FIND_WITH_CONSENT = (
    select(Account, ConsentRecord)
    .join(
        ConsentRecord,
        (ConsentRecord.account_id == bindparam("about_id"))
        & (ConsentRecord.client_id == bindparam("client_id")),
    )
    .where(_IS_LOGGED_IN)
    .with_for_update(of=ConsentRecord)
    .execution_options(populate_existing=True)
)


class S256CodeChallenge(CodeChallenge):  # type: ignore[misc] # Authlib's class is untyped
    """PKCE with S256 and nothing else (RFC 9700 §2.1.1); public clients always need it."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)
    DEFAULT_CODE_CHALLENGE_METHOD = "S256"


class AuthorizationCodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc] # Authlib's class is untyped
    """Redeems a code for tokens."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_authorization_code(self, code: str, client: RelyingParty) -> AuthorizationCode | None:
        """Take the code of this relying party."""
        return authorization_code.take(code, client.client_id)

    def create_token_response(self) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        """Make the grant and its tokens; a code used again meanwhile revokes them at once (§4.1.2)."""
        code: AuthorizationCode = self.request.authorization_code
        rp: RelyingParty = self.request.client
        grant = _make_grant(code)
        account, consent = _find_holder(grant)
        if account is None:
            raise InvalidGrantError("The login that this code came from has ended")
        about = on_behalf.find_about(grant, account)
        if about is None:
            raise InvalidGrantError("The mandate that this was given under has ended")
        if not consented.covers(grant, consent):
            raise InvalidGrantError("The consent that this was given on has ended")
        levels = present_levels.find(grant, account)
        if levels is None:
            raise InvalidGrantError("The level that this was given on has fallen")
        grant.levels_json = levels.to_json()
        scopes = code.scope.split()
        with_refresh = rp.check_grant_type("refresh_token")
        refresh = refresh_token.issue(grant) if with_refresh else None
        db.session.add(grant)
        # Again: the person may have logged out at this site only since the code was issued; now it is logged in.
        participant.add(grant.session_id, rp.client_id, grant.sub, str(grant.mandate_id or "self"))
        access = access_token.issue_for_grant(grant, code.scope)
        answer: dict[str, Any] = {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": access_token.lifetime(),
            "scope": code.scope,
        }
        if refresh:
            answer["refresh_token"] = refresh
        if grant.acting and grant.acting.details:
            answer["authorization_details"] = list(grant.acting.details)
        if code.record_id:
            answer["grant_id"] = code.record_id
        if "openid" in scopes:
            items = recognition.within(code.client_id, code.items)
            extra = release.for_id_token(about, code.asked.get("id_token", {}), items)
            answer["id_token"] = id_token.issue(
                grant, alg=rp.id_token_signed_response_alg, access_token=access, nonce=code.nonce, extra=extra
            )
        log.record(
            EventName.TOKEN_ISSUED,
            account_id=grant.account_id,
            client_id=rp.client_id,
            session_id=grant.session_id,
            grant_id=str(grant.id),
            scope=code.scope,
        )
        commit()
        authorization_code.revoke_if_replayed(grant)
        return 200, answer, self.TOKEN_RESPONSE_HEADER


def _find_holder(grant: Grant) -> tuple[Account | None, ConsentRecord | None]:
    """Return the account while it is active and its session has not been ended since the code was issued.

    Beside it the consent record, locked. One query where the grant carries anything: then there is a record.
    """
    about_id = grant.principal_id or grant.account_id
    values = {"account_id": grant.account_id, "session_id": grant.session_id, "now": clock.now()}
    both = {"about_id": about_id, "client_id": grant.client_id}
    found = db.session.execute(_FIND_WITH_CONSENT, values | both).first() if grant.items else None
    if found is not None:
        return found[0], found[1]
    account = db.session.execute(_FIND_ACCOUNT, values).scalar_one_or_none()
    return account, consent_record.find_locked(about_id, grant.client_id)


def _make_grant(code: AuthorizationCode) -> Grant:
    now = clock.now()
    return Grant(
        id=UUID(code.grant_id),
        account_id=UUID(code.account_id),
        client_id=code.client_id,
        session_id=UUID(code.session_id),
        bound="offline_access" not in code.scope.split(),
        sub=code.sub,
        scope=code.scope,
        items=code.items,
        asked=code.asked,
        methods=code.methods,
        levels_json=code.levels,
        acting_json=code.acting,
        principal_id=UUID(code.acting["principal_id"]) if code.acting else None,
        mandate_id=UUID(code.acting["mandate_id"]) if code.acting and code.acting["mandate_id"] else None,
        auth_time=datetime.fromtimestamp(code.auth_time, UTC),
        created_at=now,
        expires_at=now + grants_made.lifetime(),
    )


GRANT = AuthorizationCodeGrant
