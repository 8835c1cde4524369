"""Back from an older system, where the person logged in to their account: see which one it is, and say yes."""

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.db import commit
from idp.errors import Conflict, Expired
from idp.linking import link_request, linked_account
from idp.linking.link_request import LinkRequest
from idp.pages import linked_accounts, mandating, refusal, serving

blueprint = Blueprint("link_account_return", __name__)
blueprint.before_request(signed_in.require)

HERE = f"{linked_accounts.HERE}/return"


@blueprint.get(HERE)
def link_account_return() -> BaseResponse | tuple[str, int]:
    """Show it; who did not begin this, or comes too late, begins anew."""
    mandating.citizen()
    value = request.args.get("link_request", "")
    asked = _own(link_request.find(value))
    if asked is None:
        return _begin_anew()
    if asked.legacy_id is None:
        # They pressed "no" there, or came back by themselves.
        return redirect(linked_accounts.HERE, 303)
    proof = request.args.get("proof", "")
    return (_page(value, asked, {}), 200) if asked.came_back_with(proof) else _begin_anew()


@blueprint.post(HERE)
def confirm() -> BaseResponse | tuple[str, int]:
    """Link it; pressed twice, it is linked once."""
    person = mandating.citizen()
    value = request.form.get("link_request", "")
    # Looked at before it is taken: nobody else's page takes it away.
    found = _own(link_request.find(value))
    whole = found is not None and found.came_back_with(request.form.get("proof", ""))
    asked = link_request.take(value) if whole else None
    if asked is None or asked.legacy_id is None:
        return _begin_anew()
    try:
        linked = linked_account.link(person, asked.client_id, asked.legacy_id, linked_account.LOGGED_IN)
        commit()
    except Conflict as error:
        linked_accounts.refused(error, asked.client_id)
        return _page(value, asked, refusal.errors(error, "")), error.status
    return linked_accounts.done(linked)


def _own(asked: LinkRequest | None) -> LinkRequest | None:
    """Return it when this account began it in this browser."""
    account_id = signed_in.current().account.id
    return asked if asked and asked.is_of(account_id, browser.device_id(request)) else None


def _begin_anew() -> tuple[str, int]:
    told = _("This took too long, or was begun by somebody else. Choose the service and begin again")
    page = signed_in.page("account/link_gone.html", again_url=linked_accounts.HERE, errors={"": told})
    return page, Expired.status


def _page(value: str, asked: LinkRequest, errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/link_confirm.html",
        site=serving.site_of(asked.client_id),
        masked=linked_account.masked(asked.legacy_id or ""),
        value=value,
        proof=asked.proof,
        action=HERE,
        back_url=linked_accounts.HERE,
        errors=errors,
    )
