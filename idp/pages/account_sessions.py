"""Where a person is logged in: every session with its device and sites; each can be ended."""

from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.db import commit
from idp.relying_parties import asking_site, cache
from idp.sessions import logout, participant, user_agent
from idp.sessions import session as sessions
from idp.sessions.participant import Participant
from idp.sessions.session import Session
from idp.tokens import account_logout

blueprint = Blueprint("account_sessions", __name__)
blueprint.before_request(signed_in.require)

LIST = "/account/sessions"


@blueprint.get(LIST)
def account_sessions() -> str:
    """Show the list, this browser's session first."""
    person = signed_in.current()
    live = sessions.live_sessions(person.account.id)
    live.sort(key=lambda session: session.id != person.session.id)
    sites = participant.of_sessions([session.id for session in live])
    cache.load(one.client_id for told in sites.values() for one in told)
    return signed_in.page(
        "account/sessions.html",
        sessions=[_shown(session, sites.get(session.id, []), person.session) for session in live],
        action=f"{LIST}/end",
        end_others_action=f"{LIST}/end-others",
    )


@blueprint.post(f"{LIST}/end")
def end() -> BaseResponse:
    """End one of the person's own sessions; for the one of this browser, ask as any logout does."""
    person = signed_in.current()
    wanted = request.form.get("session", "")
    if wanted == str(person.session.id):
        return redirect("/end_session", 303)
    # Somebody else's session, or one that has ended meanwhile, is not in the list: there is nothing to end.
    for session in [one for one in sessions.live_sessions(person.account.id) if str(one.id) == wanted]:
        logout.end(session, "ended_by_owner")
        commit()
        logout.forget(session)
    return signed_in.go(LIST, _("This session is ended"))


@blueprint.post(f"{LIST}/end-others")
def end_others() -> BaseResponse:
    """End all of the person's sessions but the one of this browser."""
    person = signed_in.current()
    account_logout.end_all(person.account.id, "ended_by_owner", kept=person.session.id)
    return signed_in.go(LIST, _("All other sessions are ended"))


def _shown(session: Session, sites: list[Participant], present: Session) -> dict[str, Any]:
    parties = [cache.find(one.client_id) for one in sites]
    return {
        "id": str(session.id),
        "device": user_agent.name(session.user_agent) or _("Unknown device"),
        "kind": "phone" if user_agent.is_phone(session.user_agent) else "desktop",
        "place": session.address,
        "signed_in_at": session.auth_time,
        "last_seen_at": session.last_seen_at,
        "current": session.id == present.id,
        "methods": session.methods,
        "sites": [asking_site.of(rp, str(get_locale())).name for rp in parties if rp],
    }
