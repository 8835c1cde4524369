"""Prove once more that it is you, before ways of signing in are changed; the session gets a new secret.

OWASP ASVS 5 §7.5.1. What is asked is what the account has: the password, and the code where one is enrolled.
"""

import re
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock, signed_in
from idp.accounts import account as accounts
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import mfa, otp, password_login, pwd, recovery_code
from idp.db import commit, db
from idp.errors import InvalidInput, TooMany
from idp.pages import refusal
from idp.sessions import session as sessions

blueprint = Blueprint("reauthenticate", __name__)
blueprint.before_request(signed_in.require)

_OWN_PAGE = re.compile(r"/account(/[a-z0-9-]{1,40}){0,3}|/qr/[A-Za-z0-9_-]{43}")
_TOTP = re.compile(r"\s*\d{3}\s?\d{3}\s*")


@blueprint.get("/account/reauthenticate")
def reauthenticate() -> str:
    """Show the form."""
    return _page({})


@blueprint.post("/account/reauthenticate")
def check() -> BaseResponse | tuple[str, int]:
    """Check what was sent, give the session a new secret, and go on to where the person was headed."""
    person = signed_in.current()
    account, session = person.account, person.session
    password, code = request.form.get("password", ""), request.form.get("code", "").strip()
    errors = {} if password else {"password": _("Enter your password")}
    if person.owes_code and not code:
        errors["code"] = _("Enter the code")
    if errors:
        return _page(errors), 400
    methods = [pwd.AMR]
    try:
        candidate = password_login.look_up_again(
            account, device=browser.device_id(request), address=request.remote_addr or ""
        )
        commit()
        password_login.check(candidate, password)
        if person.owes_code:
            # A recovery code stands in for the app here as it does at login.
            authenticator = otp if _TOTP.fullmatch(code) else recovery_code
            authenticator.check(account.id, code, device=browser.device_id(request))
            methods.append(authenticator.AMR)
    except TooMany as error:
        return _page(refusal.errors(error, "")), error.status
    except InvalidInput as error:
        db.session.rollback()
        audit.record(EventName.LOGIN_FAILED, account_id=account.id, session_id=session.id, reason=error.code)
        commit()
        if error.field:
            return _page(refusal.errors(error)), 400
        return _page({"password": _("The current password is not right")}), 400
    secret = sessions.rotate(session, mfa.amr(methods), signed_in.this_browser())
    commit()
    response = redirect(_next(), 303)
    browser.set_session(response, secret, session.seconds_left(clock.now()))
    return response


def _next() -> str:
    wanted = request.args.get("next", "")
    return wanted if _OWN_PAGE.fullmatch(wanted) else "/account"


def _page(errors: dict[str, str]) -> str:
    person = signed_in.current()
    return signed_in.page(
        "account/reauthenticate.html",
        action=f"/account/reauthenticate?{urlencode({'next': _next()})}",
        reason=None,
        username=person.account.username or accounts.phone_of(person.account) or "",
        needs_code=person.owes_code,
        back_url="/account/sign-in-methods",
        errors=errors,
        values={},
    )
