"""The password was right, but is older than the policy of this account allows: choose another one, then log in.

Comes after everything else was shown: who has the password alone changes nothing.
"""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account
from idp.authenticators import overdue_password, password_rules, pwd
from idp.db import commit
from idp.errors import Expired, InvalidInput
from idp.journey.journey import Journey
from idp.pages import refusal, signing_in
from idp.settings import SETTINGS

blueprint = Blueprint("expired_password", __name__)

HERE = "/login/new-password"


@blueprint.get(HERE)
def expired_password() -> str:
    """Show the form."""
    journey, account = _waiting()
    return _page(journey, account, {})


@blueprint.post(HERE)
def change() -> BaseResponse | tuple[str, int]:
    """Store the new password; the person logs in with it."""
    journey, account = _waiting()
    new = request.form.get("new_password", "")
    used = password_rules.used_hashes(account.id, account.kind)
    commit()
    try:
        password_rules.check(
            new, account.kind, username=account.username or "", phone=accounts.phone_of(account)
        )
        password_rules.check_unused(new, used)
    except InvalidInput as error:
        return _page(journey, account, refusal.errors(error, "new_password")), 400
    hashed = pwd.hash_new(new)
    if not overdue_password.close(journey.id):
        raise Expired("journey_expired")
    pwd.store(account.id, hashed)
    notice.tell(account, "password_changed")
    commit()
    return redirect(signing_in.page_url("/login", journey), 303)


def _waiting() -> tuple[Journey, Account]:
    journey = signing_in.current_journey()
    account_id = overdue_password.find(journey.id, browser.device_id(request))
    if account_id is None:
        raise Expired("journey_expired")
    account = accounts.get(account_id)
    accounts.check_active(account)
    return journey, account


def _page(journey: Journey, account: Account, errors: dict[str, str]) -> str:
    return render_template(
        "expired_password.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url(HERE, journey),
        username=account.username or "",
        min_length=SETTINGS.get().passwords.minimum_length,
        policy=password_rules.of(account.kind),
        days=SETTINGS.get().passwords.maximum_days,
        errors=errors,
        values={},
    )
