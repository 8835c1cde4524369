"""Switch on logging in with a code from an authenticator app (RFC 6238), and switch it off again."""

import io

import segno
from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice, phone_number
from idp.accounts.account import Account
from idp.authenticators import mfa, otp, recovery_code, ways_in
from idp.db import commit
from idp.errors import Expired, InvalidInput, TooMany
from idp.pages import refusal
from idp.sessions import session as sessions
from idp.settings import SETTINGS

blueprint = Blueprint("totp", __name__)
blueprint.before_request(signed_in.require_change)

METHODS = "/account/sign-in-methods"


@blueprint.get("/account/totp")
def totp() -> BaseResponse | str:
    """Show the secret as a picture and as a key."""
    person = signed_in.current()
    if person.owes_code:
        return redirect(METHODS, 303)
    return _page(otp.begin(person.account.id, person.session.id), {})


@blueprint.get("/account/totp/qr.svg")
def qr_code() -> Response:
    """Draw the secret that this session is about to confirm; never kept by anybody's cache."""
    person = signed_in.current()
    secret = otp.begin(person.account.id, person.session.id)
    picture = io.BytesIO()
    segno.make(_uri(person.account, secret), error="m").save(
        picture, kind="svg", scale=5, border=3, dark="#000", light="#fff", xmldecl=False
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@blueprint.post("/account/totp")
def confirm() -> BaseResponse | str | tuple[str, int]:
    """Enrol the app with a code that it shows; then show the recovery codes, once."""
    person = signed_in.current()
    if person.owes_code:
        return redirect(METHODS, 303)
    account_id, session = person.account.id, person.session
    try:
        otp.confirm(account_id, session.id, request.form.get("code", ""), device=browser.device_id(request))
    except (InvalidInput, Expired, TooMany) as error:
        status = error.status if isinstance(error, TooMany) else 400
        return _page(otp.begin(account_id, session.id), refusal.errors(error)), status
    codes = recovery_code.create(account_id)
    notice.tell(person.account, "totp_added")
    # The person has just shown the second factor: the session counts as one with two, but not as a new login.
    secret = sessions.add_method(session, mfa.amr([*session.methods, otp.AMR]))
    commit()
    shown = signed_in.page(
        "account/recovery_codes.html",
        codes=codes,
        codes_left=len(codes),
        action="/account/recovery-codes",
        continue_url=METHODS,
        notice=_("Logging in with a code is switched on"),
    )
    response = Response(shown)
    browser.set_session(response, secret, session.seconds_left(clock.now()))
    return response


@blueprint.get("/account/totp/remove")
def confirm_removal() -> BaseResponse | str:
    """Ask before it is switched off."""
    if not signed_in.current().owes_code:
        return redirect(METHODS, 303)
    return signed_in.page(
        "account/confirm_removal.html",
        what="totp",
        name=None,
        action="/account/totp/remove",
        back_url=METHODS,
    )


@blueprint.post("/account/totp/remove")
def remove() -> BaseResponse:
    """Forget the app, and the recovery codes when nothing is left that they stand in for."""
    account = signed_in.current().account
    ways_in.take_turn(account.id)
    if otp.remove(account.id):
        notice.tell(account, "totp_removed")
    ways_in.settle(account.id)
    commit()
    return signed_in.go(METHODS, _("Logging in with a code is switched off"))


def _page(secret: str, errors: dict[str, str]) -> str:
    account = signed_in.current().account
    return signed_in.page(
        "account/totp_enrol.html",
        action="/account/totp",
        qr_url="/account/totp/qr.svg",
        secret_groups=[secret[start : start + 4] for start in range(0, len(secret), 4)],
        otpauth_uri=_uri(account, secret),
        account_label=_label(account),
        issuer_label=SETTINGS.get().name,
        back_url=METHODS,
        errors=errors,
        values={},
    )


def _uri(account: Account, secret: str) -> str:
    return otp.uri(secret, account_label=_label(account), issuer_label=SETTINGS.get().name)


def _label(account: Account) -> str:
    phone = accounts.phone_of(account)
    return account.username or (phone_number.masked(phone) if phone else accounts.name_of(account))
