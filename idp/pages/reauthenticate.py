"""Prove once more that it is you, before ways of signing in are changed; the session gets a new secret.

OWASP ASVS 5 §7.5.1. What is asked is what the account has: a passkey, or the password, and the code where one is
enrolled. A way that is one factor only is joined by the next one that is shown within the same minutes.
"""

import re
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock, signed_in
from idp.accounts import account as accounts
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import (
    hwk,
    mfa,
    otp,
    passkey_assertion,
    password_login,
    pwd,
    recognised,
    recovery_code,
    sc,
    swk,
)
from idp.db import commit, db
from idp.errors import InvalidInput, TooMany
from idp.pages import refusal, shown_certificate
from idp.sessions import session as sessions
from idp.settings import SETTINGS
from idp.signed_in import SignedIn

blueprint = Blueprint("reauthenticate", __name__)
blueprint.before_request(signed_in.require)

_OWN_PAGE = re.compile(r"/account(/[a-z0-9-]{1,40}){0,3}(\?[!-~]*)?|/qr/[A-Za-z0-9_-]{43}|/more-time")
_TOTP = re.compile(r"\s*\d{3}\s?\d{3}\s*")


@blueprint.get("/account/reauthenticate")
def reauthenticate() -> str:
    """Show the form."""
    return page({})


@blueprint.post("/account/reauthenticate")
def check() -> BaseResponse | tuple[str, int]:
    """Check what was sent, give the session a new secret, and go on to where the person was headed."""
    person = signed_in.current()
    account, session = person.account, person.session
    password, code = request.form.get("password", ""), request.form.get("code", "").strip()
    errors = {} if password else {"password": _("Enter your password")}
    needs_code = _takes_code(person)
    if needs_code and not code:
        errors["code"] = _("Enter the code")
    if errors:
        return page(errors), 400
    methods = [pwd.AMR]
    try:
        candidate = password_login.look_up_again(
            account, device=browser.device_id(request), address=request.remote_addr or ""
        )
        commit()
        password_login.check(candidate, password)
        if needs_code:
            # A recovery code stands in for the app here as it does at login.
            authenticator = otp if _TOTP.fullmatch(code) else recovery_code
            authenticator.check(account.id, code, device=browser.device_id(request))
            methods.append(authenticator.AMR)
    except TooMany as error:
        return page(refusal.errors(error, "")), error.status
    except InvalidInput as error:
        db.session.rollback()
        audit.record(EventName.LOGIN_FAILED, account_id=account.id, session_id=session.id, reason=error.code)
        commit()
        if error.field:
            return page(refusal.errors(error)), 400
        return page({"password": _("The current password is not right")}), 400
    return renew(methods)


def renew(methods: list[str]) -> BaseResponse:
    """Give the session a new secret, now that these were shown, and go on to where the person was headed."""
    person = signed_in.current()
    session = person.session
    age = clock.now() - session.auth_time
    joined = not mfa.is_two_factors(session.methods) and age <= timedelta(
        seconds=SETTINGS.get().lifetimes.reauthentication
    )
    # Another province's word is none of these: what is shown here counts by itself from now on.
    before = [method for method in session.methods if method != recognised.AMR]
    used = mfa.amr(mfa.joined(before, methods) if joined else methods)
    secret = sessions.rotate(session, used, signed_in.this_browser())
    commit()
    response = redirect(nextpage(), 303)
    browser.set_session(response, secret, session.seconds_left(clock.now()))
    return response


def nextpage() -> str:
    """Return where the person was headed: a page of their own account."""
    wanted = request.args.get("next", "")[: signed_in.LONGEST_ADDRESS]
    return wanted if _OWN_PAGE.fullmatch(wanted) else "/account"


def url(path: str) -> str:
    """Return *path* with where the person was headed."""
    return f"{path}?{urlencode({'next': nextpage()})}"


def _takes_code(person: SignedIn) -> bool:
    """Whether a code goes along with the password: the app's, or one that stands in for what else there is."""
    return person.owes_code or (person.owes_second_factor and recovery_code.AMR in person.methods)


def _takes_password(person: SignedIn) -> bool:
    """Whether the password leads anywhere: with a code, or beside something that was just shown, or alone."""
    shown = not mfa.is_two_factors([*person.session.methods]) and pwd.AMR not in person.session.methods
    return pwd.AMR in person.methods and (not person.owes_second_factor or _takes_code(person) or shown)


def page(errors: dict[str, str]) -> str:
    """Show the page; other ways to prove it come back here when they do not work."""
    person = signed_in.current()
    has_passkey = bool({hwk.AMR, swk.AMR} & person.methods)
    return signed_in.page(
        "account/reauthenticate.html",
        action=url("/account/reauthenticate"),
        reason=None,
        username=person.account.username or accounts.phone_of(person.account) or "",
        takes_password=_takes_password(person),
        needs_code=_takes_code(person),
        code_is_from_app=person.owes_code,
        passkey_action=url("/account/reauthenticate/passkey"),
        passkey_options=reauthentication_options() if has_passkey else None,
        certificate_url=_certificate_url(person),
        from_home=not person.methods and person.session.level_cap is not None,
        recovery_url="/recovery",
        back_url="/account/sign-in-methods",
        errors=errors,
        values={},
    )


def _certificate_url(person: SignedIn) -> str | None:
    if sc.AMR not in person.methods or not sc.is_offered():
        return None
    return shown_certificate.address(url("/account/reauthenticate/certificate"))


def purpose() -> str:
    """Return what a passkey's challenge of this page is for: this session, nothing else."""
    return f"reauthenticate:{signed_in.current().session.id}"


def reauthentication_options() -> str:
    """Return what the browser is asked for."""
    return passkey_assertion.options(
        purpose(), browser=browser.device_id(request), account_id=signed_in.current().account.id
    )
