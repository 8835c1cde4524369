"""``backchannel_logout_uri`` of this deployment as a relying party of other provinces (OIDC Back-Channel Logout §2.5).

Not advertised in discovery: our entity configuration tells it to those who register us.
"""

from typing import Any

from idp import machine
from idp.db import commit
from idp.errors import InvalidInput, Unavailable
from idp.local_limit import LOCAL_LIMIT
from idp.machine import Answer, Call, Routes
from idp.recognition import logout_token, own_entity, recognised_session
from idp.recognition.refused import Refused, Why
from idp.sessions import logout
from idp.sessions import session as sessions

PER_MINUTE = 6000
REASON = "ended_at_home"


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing to advertise."""
    del issuer
    return {}


def take(call: Call) -> Answer:
    """End what rests on the login that ended there; the answer says nothing of whom it was about (§2.8)."""
    LOCAL_LIMIT.get().check(f"recognition-logout:{call.address}", PER_MINUTE, 60)
    try:
        ended = logout_token.take(call.form.get("logout_token", ""))
    except Refused as refused:
        if refused.why is Why.AWAY:
            raise Unavailable("recognition_away", detail=refused.detail, retry_after=5) from refused
        raise InvalidInput("invalid_request", detail=refused.detail) from refused
    found = recognised_session.of_subject(ended.issuer, ended.subject, ended.sid)
    live = [session for one in found if (session := sessions.find(one.session_id)) is not None]
    for session in live:
        logout.end(session, REASON)
    commit()
    for session in live:
        logout.forget(session)
    return machine.answer({}, 200)


ROUTES: Routes = {own_entity.BACKCHANNEL: {"POST": take}}
