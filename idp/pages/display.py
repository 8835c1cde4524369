"""Switch large type and fewer things (elder mode 大字版) on and off, and stay where one is (GB/T 适老化; WCAG 2.2)."""

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.db import commit
from idp.errors import InvalidInput
from idp.pages import signing_in
from idp.sessions import session as sessions

blueprint = Blueprint("display", __name__)

VIEWS = {"elder": True, "standard": False}


@blueprint.post("/display")
def display() -> BaseResponse:
    """Remember the ``view`` in a cookie, for who is signed in also with the account, and go back to ``next``.

    A script that has changed the page already, so that nothing typed is lost, asks for no page.
    """
    view = request.form.get("view", "")
    if view not in VIEWS:
        raise InvalidInput("bad_request", detail="no such view")
    quietly = request.accept_mimetypes.best == "application/json"
    response: BaseResponse = (
        Response(status=204)
        if quietly
        else redirect(signing_in.local_path(request.form.get("next", ""), "/"), 303)
    )
    session = sessions.find_by_secret(browser.session_secret(request))
    choose(response, accounts.find(session.account_id) if session else None, elder=VIEWS[view])
    commit()
    return response


def choose(response: BaseResponse, account: Account | None, *, elder: bool) -> None:
    """Let this browser show pages so, and those where *account* logs in from now on; the caller commits."""
    if account is not None and account.elder_mode != elder:
        account.elder_mode = elder
    browser.set_elder(response, elder=elder)
