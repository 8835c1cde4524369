"""``userinfo_endpoint`` (OIDC Core §5.3): the claims that were granted, for the bearer of an access token (RFC 6750)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from idp import machine, parameters
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.claims import release
from idp.tokens import access_token, grant

blueprint = Blueprint("userinfo", __name__)


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint."""
    return {"userinfo_endpoint": f"{issuer}/userinfo"}


@blueprint.route("/userinfo", methods=["GET", "POST", "OPTIONS"])
def userinfo() -> Response:
    """Answer the claims; one read, one round trip."""
    if request.method == "OPTIONS":
        return machine.preflight("GET, POST")
    text, ways = _bearer()
    if ways > 1:
        return _refuse(400, "invalid_request", "The token was sent in more than one way")
    if text is None:
        # No error code for a request without any credentials (RFC 6750 §3.1).
        return _refuse(401, "", "")
    token = access_token.find(text)
    if token is None or token.grant_id is None or access_token.is_revoked(token):
        return _refuse(401, "invalid_token", "The access token is invalid, expired or revoked")
    if "openid" not in token.scopes:
        return _refuse(403, "insufficient_scope", "The scope openid is needed")
    found = grant.find_holding(UUID(token.grant_id))
    if found is None:
        return _refuse(401, "invalid_token", "The access token is invalid, expired or revoked")
    held, account = found
    claims = release.for_userinfo(account, token.scopes, held.asked.get("userinfo", {}), held.items)
    BATCH.get().enqueue(
        EventName.CLAIMS_RELEASED,
        account_id=account.id,
        client_id=held.client_id,
        session_id=held.session_id,
        claims=sorted(claims),
    )
    return machine.answer({"sub": held.sub} | claims)


def _bearer() -> tuple[str | None, int]:
    """Return the token and in how many ways it was sent: header or form body, never the query (RFC 9700 §4.3.2)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    in_header = value.strip() if scheme.lower() == "bearer" else None
    in_body = None
    if request.method == "POST" and request.mimetype == machine.FORM:
        in_body = parameters.read(request.get_data()).get("access_token")
    return in_header or in_body, (in_header is not None) + (in_body is not None)


def _refuse(status: int, error: str, description: str) -> Response:
    challenge = 'Bearer realm="tongxing"'
    if error:
        challenge += f', error="{error}", error_description="{description}"'
    body = {"error": error, "error_description": description} if error else {}
    return machine.answer(body, status, (("WWW-Authenticate", challenge),))
