"""Prove once more that it is you with a passkey, before ways of signing in are changed."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, signed_in
from idp.authenticators import passkey_assertion
from idp.errors import Expired, Forbidden, InvalidInput
from idp.pages import login_passkey, reauthenticate, refusal

blueprint = Blueprint("reauthenticate_passkey", __name__)
blueprint.before_request(signed_in.require)

HERE = "/account/reauthenticate/passkey"


@blueprint.get(HERE)
def back() -> BaseResponse:
    """Lead back who comes here by a link to the page with all ways."""
    return redirect(reauthenticate.url("/account/reauthenticate"), 303)


@blueprint.post(HERE)
def reauthenticate_passkey() -> BaseResponse | tuple[str, int]:
    """Check what the passkey signed."""
    person = signed_in.current()
    try:
        shown = passkey_assertion.check(
            reauthenticate.purpose(),
            request.form.get("credential", ""),
            browser=browser.device_id(request),
            account_id=person.account.id,
        )
    except (InvalidInput, Expired, Forbidden) as error:
        login_passkey.note_refusal(error, account_id=person.account.id, session_id=person.session.id)
        status = 400 if isinstance(error, Expired) else error.status
        return reauthenticate.page(refusal.errors(error, "")), status
    return reauthenticate.renew(shown.methods)
