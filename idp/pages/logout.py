"""Log out: at the asking site only, or here and at every site; and what came of it."""

from flask import Blueprint, make_response, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, security_headers
from idp.accounts import account as accounts
from idp.db import commit
from idp.journey import logout_request
from idp.journey.logout_request import LogoutRequest
from idp.relying_parties import asking_site, cache
from idp.sessions import logout as session_logout
from idp.sessions import participant
from idp.sessions import session as sessions
from idp.sessions.participant import Participant
from idp.sessions.session import Session
from idp.settings import SETTINGS
from idp.tokens import grant

blueprint = Blueprint("logout", __name__)

# Long enough for the frames of front-channel logout to load.
RETURN_AFTER_SECONDS = 3


@blueprint.get("/logout")
def logout() -> str:
    """Ask where to log out; somebody who is not logged in is told so."""
    asked = logout_request.parse(request.args)
    session = sessions.find_by_secret(browser.session_secret(request))
    if session is None:
        return _done(asked, [], [])
    return _ask(asked, session, {})


@blueprint.post("/logout")
def decide() -> BaseResponse | str | tuple[str, int]:
    """Do what was chosen, then return to the site."""
    asked = logout_request.parse(request.form)
    session = sessions.find_by_secret(browser.session_secret(request))
    if request.form.get("decision") != "logout":
        return redirect("/account", 303)
    if session is None:
        return _done(asked, [], [])
    scope = request.form.get("scope", "everywhere")
    if scope == "here" and asked.rp is not None:
        return _leave(asked, session, asked.rp.client_id)
    if scope != "everywhere":
        return _ask(asked, session, {"scope": _("Choose whether to log out here or everywhere")}), 400
    return _end(asked, session)


def _leave(asked: LogoutRequest, session: Session, client_id: str) -> BaseResponse | str:
    left = session_logout.leave(session, client_id)
    revoked = grant.revoke_at_client(session.id, [client_id], "logged_out_here")
    commit()
    for one in revoked:
        grant.forget(one)
    return redirect(asked.return_url, 303) if asked.return_url else _done(asked, left, [])


def _end(asked: LogoutRequest, session: Session) -> BaseResponse | str:
    told = session_logout.end(session, "logged_out")
    commit()
    session_logout.forget(session)
    frames = session_logout.frontchannel_uris(told, SETTINGS.get().issuer, str(session.id))
    if asked.return_url and not frames:
        response: BaseResponse = redirect(asked.return_url, 303)
    else:
        response = make_response(_done(asked, told, frames))
        if asked.return_url:
            response.headers["Refresh"] = f"{RETURN_AFTER_SECONDS}; url={asked.return_url}"
    browser.clear_session(response)
    return response


def _ask(asked: LogoutRequest, session: Session, errors: dict[str, str]) -> str:
    account = accounts.find(session.account_id)
    locale = str(get_locale())
    if asked.post_logout_redirect_uri:
        security_headers.allow_form_action(asked.post_logout_redirect_uri)
    return render_template(
        "logout.html",
        rp=asking_site.of(asked.rp, locale) if asked.rp else None,
        action="/logout",
        account_name=accounts.name_of(account) if account else None,
        sites=_sites(participant.of_session(session.id)),
        hidden=asked.carried,
        errors=errors,
        values={"scope": request.form.get("scope", "everywhere")},
    )


def _done(asked: LogoutRequest, told: list[Participant], frames: list[str]) -> str:
    security_headers.allow_frames(frames)
    return render_template(
        "logged_out.html",
        rp=asking_site.of(asked.rp, str(get_locale())) if asked.rp else None,
        sites=_sites(told),
        frontchannel_uris=frames,
        return_url=asked.return_url,
        progress_url=None,
        refresh_url=None,
    )


def _sites(told: list[Participant]) -> list[dict[str, str]]:
    locale = str(get_locale())
    found = []
    for one in told:
        rp = cache.find(one.client_id)
        site = asking_site.of(rp, locale) if rp else None
        found.append(
            {
                "id": one.client_id,
                "name": site.name if site else one.client_id,
                "organization": site.organization if site else "",
                "state": "pending" if rp and rp.backchannel_logout_uri else "done",
            }
        )
    return found
