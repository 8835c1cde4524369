"""Change the password: the present one is asked for again, and other devices can be logged out with it."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.authenticators import known_device, password_login, password_rules, pwd
from idp.db import commit
from idp.errors import InvalidInput, TooMany
from idp.pages import refusal
from idp.sessions import session as sessions
from idp.settings import SETTINGS
from idp.signed_in import SignedIn
from idp.tokens import account_logout

blueprint = Blueprint("change_password", __name__)

METHODS = "/account/sign-in-methods"


@blueprint.before_request
def _require() -> BaseResponse | None:
    """Ask for the second factor first where there is one; the password is asked for on the page itself."""
    away = signed_in.require()
    if away is None and _is_asked_first(signed_in.current()):
        away = signed_in.require_fresh()
    return away


def _is_asked_first(person: SignedIn) -> bool:
    return person.owes_second_factor or pwd.AMR not in person.methods


@blueprint.get("/account/password")
def change_password() -> str:
    """Show the form."""
    return _page({}, {"end_others": "1"})


@blueprint.post("/account/password")
def change() -> BaseResponse | tuple[str, int]:
    """Check the present password, store the new one, and log other devices out when that is wished."""
    present = request.form.get("current_password", "")
    new = request.form.get("new_password", "")
    values = {"end_others": "1" if request.form.get("end_others") else ""}
    person = signed_in.current()
    account, session = person.account, person.session
    has_one = pwd.AMR in person.methods
    errors = {} if present or not has_one else {"current_password": _("Enter your password")}
    errors |= _refused(present, new)
    if errors:
        return _page(errors, values), 400
    device = browser.device_id(request)
    try:
        candidate = password_login.look_up_again(account, device=device, address=request.remote_addr or "")
        commit()
        if has_one:
            password_login.check(candidate, present)
    except TooMany as error:
        return _page(refusal.errors(error), values), error.status
    except InvalidInput:
        return _page({"current_password": _("The current password is not right")}, values), 400
    used = password_rules.used_hashes(account.id, account.kind)
    commit()
    try:
        password_rules.check_unused(new, used)
    except InvalidInput as error:
        return _page(refusal.errors(error, "new_password"), values), 400
    hashed = pwd.hash_new(new)
    pwd.store(account.id, hashed)
    notice.tell(account, "password_changed")
    # Whoever has a copy of this login's cookie is put out too (OWASP ASVS 5 §7.2.4).
    secret = sessions.add_method(session, session.methods)
    if values["end_others"]:
        known_device.forget_all(account.id)
        known_device.remember(account.id, device)
        account_logout.end_all(account.id, "password_changed", kept=session.id)
    commit()
    response = signed_in.go(METHODS, _("Your password is changed"))
    browser.set_session(response, secret, session.seconds_left(clock.now()))
    return response


def _refused(present: str, new: str) -> dict[str, str]:
    account = signed_in.current().account
    if new and new == present:
        return {"new_password": _("The new password is the same as the current one")}
    try:
        password_rules.check(
            new, account.kind, username=account.username or "", phone=accounts.phone_of(account)
        )
    except InvalidInput as error:
        return refusal.errors(error, "new_password")
    return {}


def _page(errors: dict[str, str], values: dict[str, str]) -> str:
    account = signed_in.current().account
    return signed_in.page(
        "account/change_password.html",
        action="/account/password",
        has_one=pwd.AMR in signed_in.current().methods,
        username=account.username or accounts.phone_of(account) or "",
        min_length=SETTINGS.get().passwords.minimum_length,
        policy=password_rules.of(account.kind),
        back_url=METHODS,
        errors=errors,
        values=values,
    )
