"""Which account to go on with (OIDC Core §3.1.2.1 prompt=select_account): the one signed in here, or another."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import account as accounts
from idp.db import commit
from idp.errors import Expired
from idp.journey import journey as journeys
from idp.pages import signing_in
from idp.sessions import logout
from idp.sessions import session as sessions
from idp.sessions.session import Session

blueprint = Blueprint("choose_account", __name__)


@blueprint.get("/choose-account")
def choose_account() -> str:
    """Show the account of this browser and "another account"."""
    journey = signing_in.current_journey()
    session = _session()
    account = accounts.get(session.account_id)
    shown = {
        "id": str(account.id),
        "name": accounts.name_of(account),
        "detail": account.username,
        "signed_in_at": session.auth_time,
    }
    return render_template(
        "choose_account.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url("/choose-account", journey),
        accounts=[shown],
        errors={},
        values={},
    )


@blueprint.post("/choose-account")
def choose() -> BaseResponse:
    """Go on as the account chosen; "another" logs this one out here first."""
    journey = signing_in.current_journey()
    session = _session()
    if request.form.get("account") == str(session.account_id):
        journeys.save(journey.changed(account_chosen=True))
        return signing_in.back(journey)
    logout.end(session, "another_account")
    commit()
    logout.forget(session)
    response = signing_in.back(journey)
    browser.clear_session(response)
    return response


def _session() -> Session:
    session = sessions.find_by_secret(browser.session_secret(request))
    if session is None:
        raise Expired("journey_expired")
    return session
