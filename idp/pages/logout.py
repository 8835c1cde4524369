"""Log out: at the asking site only, or here and at every site; and what came of it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, jsonify, make_response, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, security_headers
from idp.accounts import account as accounts
from idp.db import commit
from idp.journey import logout_request
from idp.journey.logout_request import LogoutRequest
from idp.pages import home_logout
from idp.recognition import recognised_session
from idp.relying_parties import asking_site, cache
from idp.sessions import logout as session_logout
from idp.sessions import logout_progress, participant
from idp.sessions import session as sessions
from idp.sessions.participant import Participant
from idp.sessions.session import Session
from idp.settings import SETTINGS
from idp.tokens import grant

blueprint = Blueprint("logout", __name__)

# Long enough for the frames of front-channel logout to load.
RETURN_AFTER_SECONDS = 3


@blueprint.get("/logout")
def logout() -> BaseResponse | str:
    """Ask where to log out; somebody who is not logged in is told so."""
    asked = _asked(request.args)
    session = sessions.find_by_secret(browser.session_secret(request))
    if session is None:
        return _nothing_to_do(asked)
    return _ask(asked, session, {})


@blueprint.post("/logout")
def decide() -> BaseResponse | str | tuple[str, int]:
    """Do what was chosen, then return to the site."""
    asked = _asked(request.form)
    session = sessions.find_by_secret(browser.session_secret(request))
    if request.form.get("decision") != "logout":
        return redirect("/account", 303)
    if session is None:
        return _nothing_to_do(asked)
    scope = request.form.get("scope", "everywhere")
    if scope == "here" and asked.rp is not None:
        return _leave(asked, session, asked.rp.client_id)
    if scope != "everywhere":
        return _ask(asked, session, {"scope": _("Choose whether to log out here or everywhere")}), 400
    return _end(asked, session)


@blueprint.get("/logged-out/<ticket>")
def logged_out(ticket: str) -> BaseResponse | str:
    """Show which sites know it; sites with a front channel are told in frames of this page."""
    done = logout_progress.find(ticket)
    if done is None:
        return redirect("/", 303)
    security_headers.allow_frames(done.frames)
    asking = cache.find(done.asking) if done.asking else None
    page = render_template(
        "logged_out.html",
        rp=asking_site.of(asking, str(get_locale())) if asking else None,
        sites=_sites(logout_progress.states(done)),
        frontchannel_uris=done.frames,
        return_url=done.return_url,
        progress_url=f"/logged-out/{ticket}/progress",
        refresh_url=request.full_path.rstrip("?"),
        home={"name": done.home_name, "url": done.home_url} if done.home_url else None,
    )
    response = make_response(page)
    if done.return_url and done.frames and not done.home_url:
        # The way back without scripts, once the frames have had their time.
        response.headers["Refresh"] = f"{RETURN_AFTER_SECONDS}; url={done.return_url}"
    return response


@blueprint.get("/logged-out/<ticket>/progress")
def progress(ticket: str) -> BaseResponse:
    """Answer the same as JSON, for the page's script."""
    done = logout_progress.find(ticket)
    states = logout_progress.states(done) if done else {}
    response = jsonify({"sites": [{"id": name, "state": state} for name, state in states.items()]})
    response.headers["Cache-Control"] = "no-store"
    return response


def _asked(params: Mapping[str, str]) -> LogoutRequest:
    asked = logout_request.parse(params)
    browser.prefer_locales(asked.ui_locales.split())
    return asked


def _nothing_to_do(asked: LogoutRequest) -> BaseResponse | str:
    if asked.return_url:
        return redirect(asked.return_url, 303)
    return render_template("logged_out.html", rp=None, sites=[], frontchannel_uris=[], return_url=None)


def _leave(asked: LogoutRequest, session: Session, client_id: str) -> BaseResponse:
    left = session_logout.leave(session, client_id)
    revoked = grant.revoke_at_client(session.id, [client_id], "logged_out_here")
    commit()
    for one in revoked:
        grant.forget(one)
    return _go_on(asked, session, left)


def _end(asked: LogoutRequest, session: Session) -> BaseResponse:
    rests_on = recognised_session.find(session.id)
    told = session_logout.end(session, "logged_out")
    commit()
    session_logout.forget(session)
    response = _go_on(asked, session, told, home_logout.link(rests_on) if rests_on else ("", ""))
    browser.clear_session(response)
    return response


def _go_on(
    asked: LogoutRequest, session: Session, told: list[Participant], home: tuple[str, str] = ("", "")
) -> BaseResponse:
    """Return to the asking site at once, unless frames have to load first or there is no way back.

    *home*: name and address of another province's provider where the person is still logged in: told on our page.
    """
    frames = session_logout.frontchannel_uris(told, SETTINGS.get().issuer)
    if asked.return_url and not frames and not home[1]:
        return redirect(asked.return_url, 303)
    asking = asked.rp.client_id if asked.rp else None
    ticket = logout_progress.remember(
        session, told, frames=frames, asking=asking, return_url=asked.return_url, home=home
    )
    wished = f"?{urlencode({'ui_locales': asked.ui_locales})}" if asked.ui_locales else ""
    return redirect(f"/logged-out/{ticket}{wished}", 303)


def _ask(asked: LogoutRequest, session: Session, errors: dict[str, str]) -> str:
    account = accounts.find(session.account_id)
    told = participant.of_session(session.id)
    if asked.post_logout_redirect_uri:
        security_headers.allow_form_action(asked.post_logout_redirect_uri)
    return render_template(
        "logout.html",
        rp=asking_site.of(asked.rp, str(get_locale())) if asked.rp else None,
        action="/logout",
        account_name=accounts.name_of(account) if account else None,
        sites=_sites({one.client_id: logout_progress.PENDING for one in told}),
        hidden=asked.carried,
        errors=errors,
        values={"scope": request.form.get("scope", "everywhere")},
    )


def _sites(states: dict[str, str]) -> list[dict[str, str]]:
    locale = str(get_locale())
    cache.load(states)
    found = []
    for client_id, state in states.items():
        rp = cache.find(client_id)
        site = asking_site.of(rp, locale) if rp else None
        found.append(
            {
                "id": client_id,
                "name": site.name if site else client_id,
                "organization": site.organization if site else "",
                "state": state,
            }
        )
    return found
