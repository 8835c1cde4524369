"""Add a passkey to one's account (WebAuthn §7.1)."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import account as accounts
from idp.accounts import notice, phone_number
from idp.accounts.account import Account
from idp.authenticators import authenticator_name
from idp.db import commit, db
from idp.errors import Conflict, Expired, InvalidInput
from idp.pages import refusal
from idp.sessions import user_agent

blueprint = Blueprint("passkeys", __name__)
blueprint.before_request(signed_in.require_change)

HERE = "/account/passkeys"
METHODS = "/account/sign-in-methods"


@blueprint.get(HERE)
def passkeys() -> str:
    """Show the form; its button asks the browser."""
    suggested = user_agent.name(request.headers.get("User-Agent", "")) or _("My passkey")
    return _page({}, {"name": suggested[: authenticator_name.LONGEST]})


@blueprint.post(HERE)
def add() -> BaseResponse | tuple[str, int]:
    """Check the browser's answer, keep the passkey, and tell its owner elsewhere."""
    # Its library takes 8 MB, and most processes never add a passkey.
    from idp.authenticators import passkey_registration  # noqa: PLC0415 - 5 MB, with the first passkey

    person = signed_in.current()
    name = request.form.get("name", "")
    try:
        passkey_registration.register(
            person.account.id,
            person.session.id,
            request.form.get("credential", ""),
            browser=browser.device_id(request),
            name=name,
        )
    except (InvalidInput, Expired, Conflict) as error:
        db.session.rollback()
        status = 400 if isinstance(error, Expired) else error.status
        field = "name" if error.field == "name" else ""
        return _page(refusal.errors(error, field), {"name": name[:200]}), status
    notice.tell(person.account, "passkey_added")
    commit()
    return signed_in.go(METHODS, _("The passkey is added"))


def _page(errors: dict[str, str], values: dict[str, str]) -> str:
    # Its library takes 8 MB, and most processes never add a passkey.
    from idp.authenticators import passkey_registration  # noqa: PLC0415 - 5 MB, with the first passkey

    person = signed_in.current()
    account = person.account
    return signed_in.page(
        "account/passkey_add.html",
        action=HERE,
        options=passkey_registration.options(
            account.id,
            person.session.id,
            browser=browser.device_id(request),
            label=_label(account),
            name=accounts.name_of(account),
        ),
        longest=authenticator_name.LONGEST,
        back_url=METHODS,
        errors=errors,
        values=values,
    )


def _label(account: Account) -> str:
    phone = accounts.phone_of(account)
    return account.username or (phone_number.masked(phone) if phone else accounts.name_of(account))
