"""The answer to an authorization request: a code, or an error, in the response mode that was asked for."""

from collections.abc import Collection, Mapping
from uuid import UUID

from idp.accounts import subject
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.journey.authorization_request import AuthorizationRequest
from idp.relying_parties import relying_party
from idp.relying_parties.relying_party import RelyingParty
from idp.response_modes import BY_NAME
from idp.response_modes.reply import Reply
from idp.sessions import participant
from idp.sessions.session import Session
from idp.settings import SETTINGS
from idp.tokens import authorization_code
from idp.tokens.authorization_code import AuthorizationCode


def sub_of(account_subject: UUID, rp: RelyingParty) -> str:
    """Return the subject under which *rp* knows the account (OIDC Core §8)."""
    if rp.subject_type == relying_party.PUBLIC:
        return subject.public(account_subject)
    return subject.pairwise(account_subject, rp.sector)


def grant(
    request: AuthorizationRequest,
    rp: RelyingParty,
    account: Account,
    session: Session,
    items: Collection[str],
) -> Reply:
    """Issue a code for *items* and answer with it. The caller commits before it sends."""
    sub = sub_of(account.subject_id, rp)
    scope = " ".join(value for value in request.scope if value != "offline_access" or value in items)
    code = authorization_code.issue(
        AuthorizationCode(
            client_id=rp.client_id,
            redirect_uri=request.redirect_uri,
            account_id=str(account.id),
            session_id=str(session.id),
            sub=sub,
            scope=scope,
            items=sorted(items),
            asked={"userinfo": request.userinfo_claims, "id_token": request.id_token_claims},
            methods=session.methods,
            auth_time=int(session.auth_time.timestamp()),
            nonce=request.nonce,
            code_challenge=request.code_challenge,
        )
    )
    participant.add(session.id, rp.client_id, sub)
    log.record(
        EventName.CODE_ISSUED,
        account_id=account.id,
        client_id=rp.client_id,
        session_id=session.id,
        items=sorted(items),
    )
    return _reply(request.redirect_uri, request.response_mode, request.state, {"code": code})


def refuse(
    redirect_uri: str, response_mode: str, state: str | None, error: str, description: str | None
) -> Reply:
    """Answer with an error (RFC 6749 §4.1.2.1) at a redirect URI that was checked."""
    params = {"error": error} | ({"error_description": description} if description else {})
    return _reply(redirect_uri, response_mode, state, params)


def _reply(redirect_uri: str, response_mode: str, state: str | None, params: Mapping[str, str]) -> Reply:
    # iss in every answer, errors too: against mix-up (RFC 9207 §2).
    common = {"iss": SETTINGS.get().issuer} | ({"state": state} if state is not None else {})
    return BY_NAME[response_mode].reply(redirect_uri, {**params, **common})
