"""Recover an account, last step: the new password; then nobody is logged in anywhere, and the person logs in anew."""

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, clock
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.authenticators import password_rules, pwd, recovery_visit
from idp.authenticators import recovery as recoveries
from idp.authenticators.recovery_row import Recovery
from idp.authenticators.recovery_visit import Visit
from idp.db import commit, db
from idp.errors import Expired, Forbidden, InvalidInput
from idp.pages import recovery, recovery_proof, recovery_state, refusal
from idp.settings import SETTINGS
from idp.tokens import account_leaving, account_logout

blueprint = Blueprint("recovery_password", __name__)

HERE = "/recovery/password"


@blueprint.get(HERE)
def recovery_password() -> BaseResponse | str:
    """Show the form when the waiting is over."""
    visit, found = recovery_state.begun()
    if not found.is_ready(clock.now()):
        return redirect(recovery.url("/recovery/state", visit), 303)
    return _page(visit, found, {})


@blueprint.post(HERE)
def complete() -> BaseResponse | str | tuple[str, int]:
    """Set the password, end every session and grant, and say so."""
    visit, found = recovery_state.begun()
    account = accounts.get(found.account_id)
    password = request.form.get("new_password", "")
    try:
        _check(account, password)
    except InvalidInput as error:
        return _page(visit, found, refusal.errors(error, "new_password")), 400
    if not found.is_ready(clock.now()):
        return redirect(recovery.url("/recovery/state", visit), 303)
    commit()
    # Hashed before: no transaction is open meanwhile.
    hashed = pwd.hash_new(password)
    try:
        recoveries.complete(found, hashed)
        # Whoever was in the account until now may have asked for its end.
        account_leaving.cancel(account)
    except Expired:
        db.session.rollback()
        return redirect(recovery.url("/recovery/state", visit), 303)
    except Forbidden as error:
        db.session.rollback()
        return recovery_proof.refused(error), error.status
    commit()
    # At once here; should this process die now, the outbox message does the same.
    account_logout.end_all(account.id, "recovered")
    recovery_visit.close(visit)
    response = redirect("/recovery/done", 303)
    browser.clear_session(response)
    return response


@blueprint.get("/recovery/done")
def done() -> str:
    """Say that it is done."""
    return render_template("recovery_done.html", rp=None, back_url=None, login_url="/login")


def _check(account: Account, password: str) -> None:
    password_rules.check(
        password, account.kind, username=account.username or "", phone=accounts.phone_of(account)
    )


def _page(visit: Visit, found: Recovery, errors: dict[str, str]) -> str:
    account = accounts.get(found.account_id)
    return render_template(
        "recovery_password.html",
        rp=None,
        back_url=None,
        action=recovery.url(HERE, visit),
        username=account.username or "",
        min_length=SETTINGS.get().passwords.minimum_length,
        lost=found.lost,
        errors=errors,
        values={},
    )
