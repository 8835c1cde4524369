"""A person closes their account: personal facts are erased, every login ends (PIPL art. 47)."""

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.accounts import account as accounts
from idp.db import commit
from idp.errors import Forbidden
from idp.tokens import account_closing, account_logout

blueprint = Blueprint("close_account", __name__)
blueprint.before_request(signed_in.require_fresh)

HERE = "/account/close"


@blueprint.get(HERE)
def close_account() -> str:
    """Say what it means."""
    _check_own()
    return _page({})


@blueprint.post(HERE)
def close() -> BaseResponse | tuple[str, int]:
    """Close it, once the person has said that they understood."""
    person = signed_in.current()
    _check_own()
    if request.form.get("understood") != "1":
        return _page({"understood": _("Tick the box if you want to close your account")}), 400
    account_closing.close(person.account, actor=str(person.account.id))
    commit()
    account_logout.end_all(person.account.id, "account_closed")
    response = redirect("/", 303)
    browser.clear_session(response)
    return response


def _check_own() -> None:
    # Posts and enterprises end by those who answer for them.
    if signed_in.current().account.kind != accounts.CITIZEN:
        raise Forbidden("not_a_citizen", _("This account is closed by those who manage it"))


def _page(errors: dict[str, str]) -> str:
    return signed_in.page("account/close.html", action=HERE, back_url="/account", errors=errors)
