"""Keep an account that is going to close: one press, and no fresh login, for it takes nothing from anybody."""

from flask import Blueprint, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import account as accounts
from idp.db import commit
from idp.tokens import account_leaving

blueprint = Blueprint("keep_account", __name__)
blueprint.before_request(signed_in.require)

HERE = "/account/keep"


@blueprint.get(HERE)
def keep_account() -> BaseResponse | str:
    """Say when it closes, and ask."""
    closes_at = signed_in.current().account.closes_at
    if closes_at is None:
        return redirect("/account", 303)
    return signed_in.page("account/keep.html", action=HERE, closes_at=closes_at, back_url="/account")


@blueprint.post(HERE)
def keep() -> BaseResponse:
    """Keep it; pressing twice does no harm."""
    account = signed_in.current().account
    account_leaving.cancel(account)
    # Its end may have come a moment before.
    accounts.check_active(account)
    commit()
    return signed_in.go("/account", _("Your account stays"))
