"""Linking an older account by the one-time code from a counter, or from a letter."""

from flask import Blueprint, request
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.db import commit
from idp.errors import Conflict, InvalidInput, TooMany
from idp.linking import link_code
from idp.pages import linked_accounts, mandating, refusal

blueprint = Blueprint("link_account_code", __name__)
blueprint.before_request(signed_in.require_fresh)

HERE = linked_accounts.CODE


@blueprint.get(HERE)
def link_account_code() -> str:
    """Ask for it."""
    mandating.citizen()
    return _page({})


@blueprint.post(HERE)
def redeem() -> BaseResponse | tuple[str, int]:
    """Link what the code is good for."""
    person = mandating.citizen()
    try:
        linked = link_code.redeem(person, request.form.get("code", ""))
        commit()
    except (InvalidInput, Conflict, TooMany) as error:
        linked_accounts.refused(error)
        return _page(refusal.errors(error, "code")), error.status
    return linked_accounts.done(linked)


def _page(errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/link_code.html", action=HERE, back_url=linked_accounts.HERE, errors=errors, values={}
    )
