"""``userinfo_endpoint`` (OIDC Core §5.3): the claims that were granted, for a bearer (RFC 6750)."""

from typing import Any
from uuid import UUID

from idp import machine
from idp.assurance import acr
from idp.audit.batch import BATCH
from idp.audit.event import EventName
from idp.claims import recognition, release
from idp.endpoints import bearer
from idp.journey import asked
from idp.level_policy import current
from idp.machine import Answer, Call, Routes
from idp.relying_parties import federated
from idp.tokens import access_token, grant, on_behalf, present_levels


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the endpoint."""
    return {"userinfo_endpoint": f"{issuer}/userinfo"}


def userinfo(call: Call) -> Answer:
    """Answer the claims; one read, one round trip."""
    text, ways = _sent(call)
    if ways > 1:
        return bearer.refuse(400, "invalid_request", "The token was sent in more than one way")
    if text is None:
        return bearer.refuse_stranger()
    token = access_token.find(text)
    # Who it was issued to must be registered still, and no superior of theirs have left them.
    rp = federated.find(token.client_id) if token else None
    if token is None or rp is None or token.grant_id is None or access_token.is_revoked(token):
        return bearer.refuse(401, "invalid_token", "The access token is invalid, expired or revoked")
    if "openid" not in token.scopes:
        return bearer.refuse(403, "insufficient_scope", "The scope openid is needed")
    found = grant.find_holding(UUID(token.grant_id))
    if found is None:
        return bearer.refuse(401, "invalid_token", "The access token is invalid, expired or revoked")
    held, person = found
    about = on_behalf.find_about(held, person)
    if about is None:
        return bearer.refuse(401, "invalid_token", "The mandate that the token was given under has ended")
    levels, needed = present_levels.find(held, person), current.get().floors.of_items(held.items)
    if levels is None:
        return _challenge(max(held.levels.level, held.levels.floor))
    # The session's level, not what `acr` names: a site may ask for less than it has to have.
    if levels.acr != acr.ASSISTED and present_levels.of_session(levels) < needed:
        return _challenge(needed)
    # A policy that was tightened since, or a trust mark that ended, counts for what was granted before too.
    items = recognition.within(held.client_id, asked.within(rp, frozenset(held.items)))
    scopes = [scope for scope in token.scopes if scope in rp.scope]
    claims = release.for_userinfo(about, scopes, held.asked.get("userinfo", {}), items)
    BATCH.get().enqueue(
        EventName.CLAIMS_RELEASED,
        account_id=about.account.id,
        client_id=held.client_id,
        session_id=held.session_id,
        claims=sorted(claims),
    )
    return machine.answer({"sub": held.sub} | claims)


ROUTES: Routes = {"/userinfo": {"GET": userinfo, "POST": userinfo}}


def _sent(call: Call) -> tuple[str | None, int]:
    """Return the token and in how many ways it was sent: header or form body, never the query (RFC 9700 §4.3.2)."""
    in_header = bearer.read_header(call)
    in_body = call.form.get("access_token") if call.method == "POST" and call.is_form else None
    return in_header or in_body, (in_header is not None) + (in_body is not None)


def _challenge(level: int) -> Answer:
    """Say which level would do (RFC 9470 §3): the person's own has fallen since, or the floor has risen."""
    description = "A higher authentication level is needed"
    return bearer.refuse(401, "insufficient_user_authentication", description, acr_values=acr.of(level))
