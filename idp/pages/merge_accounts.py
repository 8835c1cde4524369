"""Two accounts of one person become one: both are logged in to, both are shown, then the person decides.

Signed in (freshly) to either of them; the other one's password, and its code, are asked here. Which one stays is
decided by the identity (accounts/merging.py). Whose other account opens by a passkey or a certificate only, logs in
there and begins from that side.
"""

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import account as accounts
from idp.accounts import merging, notice, phone_number
from idp.accounts.account import Account
from idp.accounts.merging import Pair
from idp.audit import log as audit
from idp.audit.event import EventName
from idp.authenticators import enrolled, otp, password_login, recovery_code
from idp.db import commit, db
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Conflict, IdpError, InvalidInput
from idp.linking import linked_account
from idp.pages import refusal
from idp.tokens import account_closing, account_logout

blueprint = Blueprint("merge_accounts", __name__)
blueprint.before_request(signed_in.require_fresh)

HERE = "/account/merge"
CONFIRM = "/account/merge/confirm"
LIFE_SECONDS = 600
_TOTP = re.compile(r"\s*\d{3}\s?\d{3}\s*")


@blueprint.get(HERE)
def merge_accounts() -> str:
    """Ask for the other account."""
    return _page({}, {})


@blueprint.post(HERE)
def authenticate() -> BaseResponse | tuple[str, int]:
    """Check who the other account belongs to, as a login would, and go on to what is going to happen."""
    typed = {"identifier": request.form.get("identifier", "").strip()}
    try:
        other = _authenticated(typed["identifier"])
        if merging.find_pair(signed_in.current().account, other) is None:
            raise Conflict("accounts_differ", _("These accounts are not proven to be one person's"))
    except IdpError as error:
        db.session.rollback()
        _record_failure(error)
        return _page(refusal.errors(error, "" if not error.field else None), typed), error.status
    EPHEMERAL.get().put(_key(), other.id.bytes, LIFE_SECONDS)
    commit()
    return redirect(CONFIRM, 303)


@blueprint.get(CONFIRM)
def merge_confirm() -> BaseResponse | str:
    """Show which account stays, and what goes."""
    pair = _pair(EPHEMERAL.get().get(_key()))
    if pair is None:
        return redirect(HERE, 303)
    return signed_in.page(
        "account/merge_confirm.html",
        kept=_shown(pair.kept),
        closed=_shown(pair.closed),
        logs_out=pair.closed.id == signed_in.current().account.id,
        action=CONFIRM,
        back_url=HERE,
        errors={},
    )


@blueprint.post(CONFIRM)
def merge() -> BaseResponse:
    """Merge them. What was authenticated counts once."""
    person = signed_in.current().account
    pair = _pair(EPHEMERAL.get().take(_key()))
    if pair is None:
        return redirect(HERE, 303)
    linked_account.move(pair.closed.id, pair.kept)
    account_closing.settle(pair.closed)
    merging.merge(pair.kept, pair.closed)
    notice.tell(pair.kept, "account_merged")
    commit()
    account_logout.end_all(pair.closed.id, "account_merged")
    if pair.closed.id == person.id:
        return redirect("/login", 303)
    return signed_in.go("/account", _("Your accounts are now one"))


def _authenticated(identifier: str) -> Account:
    """Return the account behind what was typed, once password and code are right (raises as a login does)."""
    password, code = request.form.get("password", ""), request.form.get("code", "").strip()
    if not identifier:
        raise InvalidInput(
            "identifier_missing", _("Enter your user name or phone number"), field="identifier"
        )
    if not password:
        raise InvalidInput("password_missing", _("Enter your password"), field="password")
    device = browser.device_id(request)
    candidate = password_login.look_up(identifier, device=device, address=request.remote_addr or "")
    commit()
    account = password_login.check(candidate, password)
    accounts.check_active(account)
    methods = enrolled.of(account.id)
    if not methods & enrolled.SECOND_FACTORS:
        return account
    if not {otp.AMR, recovery_code.AMR} & methods:
        raise Conflict("other_way_needed", _("Log in to that account with its passkey, and begin from there"))
    if not code:
        raise InvalidInput("code_missing", _("Enter the code"), field="code")
    if otp.AMR in methods and _TOTP.fullmatch(code):
        otp.check(account.id, code, device=device)
    else:
        recovery_code.check(account.id, code, device=device)
    return account


def _record_failure(error: IdpError) -> None:
    if isinstance(error, InvalidInput):
        session = signed_in.current().session
        account_id = signed_in.current().account.id
        audit.record(EventName.LOGIN_FAILED, account_id=account_id, session_id=session.id, reason=error.code)
        commit()


def _pair(other_id: bytes | None) -> Pair | None:
    other = accounts.find(UUID(bytes=other_id)) if other_id else None
    return merging.find_pair(signed_in.current().account, other) if other else None


def _key() -> str:
    return f"merge:{signed_in.current().session.id}"


def _shown(account: Account) -> dict[str, Any]:
    phone = accounts.phone_of(account)
    return {
        "name": accounts.name_of(account),
        "username": account.username,
        "phone_masked": phone_number.masked(phone) if phone else None,
        "created_at": account.created_at,
    }


def _page(errors: dict[str, str], values: dict[str, str]) -> str:
    return signed_in.page(
        "account/merge.html",
        action=HERE,
        found=merging.is_duplicate(signed_in.current().account),
        back_url="/account/proofing",
        errors=errors,
        values=values,
    )
