"""Log in with a passkey, without a user name (WebAuthn §1.3.3): the device knows who it is, and checks its owner.

The button stands on the login page where the browser can do it; there is no page of its own.
"""

from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import passkey_assertion, password_login
from idp.authenticators.passkey_assertion import Copied
from idp.db import commit
from idp.errors import Expired, Forbidden, IdpError, InvalidInput, TooMany
from idp.journey.journey import Journey
from idp.pages import login, refusal, signing_in

blueprint = Blueprint("login_passkey", __name__)


@blueprint.get("/login/passkey")
def back() -> BaseResponse:
    """Lead back who comes here by a link to the login page."""
    return redirect(signing_in.page_url("/login", signing_in.current_journey()), 303)


@blueprint.post("/login/passkey")
def login_passkey() -> BaseResponse | tuple[str, int]:
    """Check what the passkey signed; its owner is in."""
    journey = signing_in.current_journey()
    try:
        password_login.count_attempt(request.remote_addr or "")
        shown = passkey_assertion.check(
            passkey_assertion.SIGN_IN, request.form.get("credential", ""), browser=browser.device_id(request)
        )
        account = accounts.get(shown.passkey.account_id)
        accounts.check_active(account)
    except TooMany as error:
        return login.page(journey, refusal.errors(error, ""), {}), error.status
    except (InvalidInput, Expired, Forbidden) as error:
        return _refuse(journey, error)
    metrics.login("succeeded")
    return signing_in.complete(journey, account, shown.methods)


def note_refusal(error: IdpError, *, account_id: UUID | None = None, session_id: UUID | None = None) -> None:
    """Write down that a passkey did not work, and tell its owner when it was just found to be copied. Commits."""
    metrics.login("refused")
    if isinstance(error, Copied):
        account_id = error.passkey.account_id
        if error.newly:
            notice.tell(accounts.get(account_id), "passkey_suspended")
    audit.record(
        EventName.LOGIN_FAILED,
        account_id=account_id,
        session_id=session_id,
        reason=error.code,
        method="passkey",
    )
    commit()


def _refuse(journey: Journey, error: IdpError) -> tuple[str, int]:
    note_refusal(error)
    status = 400 if isinstance(error, Expired) else error.status
    return login.page(journey, refusal.errors(error, ""), {}), status
