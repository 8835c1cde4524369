"""Do without a password: whoever has a passkey or a certificate may log in with these alone."""

from flask import Blueprint, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import notice
from idp.authenticators import pwd, ways_in
from idp.db import commit, db
from idp.errors import Conflict
from idp.pages import refusal

blueprint = Blueprint("remove_password", __name__)
blueprint.before_request(signed_in.require_change)

HERE = "/account/password/remove"
METHODS = "/account/sign-in-methods"


@blueprint.get(HERE)
def remove_password() -> BaseResponse | str:
    """Ask before it is removed."""
    if pwd.AMR not in signed_in.current().methods:
        return redirect(METHODS, 303)
    return _page({})


@blueprint.post(HERE)
def remove() -> BaseResponse | tuple[str, int]:
    """Remove it, unless it is the last way in."""
    account = signed_in.current().account
    try:
        ways_in.take_turn(account.id)
        if not pwd.remove(account.id):
            return redirect(METHODS, 303)
        ways_in.settle(account.id)
    except Conflict as error:
        db.session.rollback()
        return _page(refusal.errors(error, "")), error.status
    notice.tell(account, "password_removed")
    commit()
    return signed_in.go(METHODS, _("Your password is removed"))


def _page(errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/confirm_removal.html",
        what="password",
        name=None,
        action=HERE,
        back_url=METHODS,
        errors=errors,
    )
