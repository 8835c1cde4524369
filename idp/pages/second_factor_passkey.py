"""The second factor by passkey: any of the account's own will do; one that checks its owner reaches further."""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import browser, metrics
from idp.accounts.account import Account
from idp.authenticators import mfa, passkey_assertion
from idp.errors import Expired, Forbidden, InvalidInput
from idp.journey.journey import Journey
from idp.pages import login_passkey, refusal, second_factor, second_factor_ways, signing_in

blueprint = Blueprint("second_factor_passkey", __name__)

HERE = "/login/second-factor/passkey"


@blueprint.get(HERE)
def second_factor_passkey() -> str:
    """Show the button, and the other ways."""
    journey, account = second_factor.pending()
    return _page(journey, account, {})


@blueprint.post(HERE)
def check() -> BaseResponse | tuple[str, int]:
    """Check what the passkey signed; the session begins, or has a factor more."""
    journey, account = second_factor.pending()
    try:
        shown = passkey_assertion.check(
            _purpose(account),
            request.form.get("credential", ""),
            browser=browser.device_id(request),
            account_id=account.id,
        )
    except (InvalidInput, Expired, Forbidden) as error:
        login_passkey.note_refusal(error, account_id=account.id)
        status = 400 if isinstance(error, Expired) else error.status
        return _page(journey, account, refusal.errors(error, "")), status
    metrics.login("succeeded")
    return signing_in.complete(journey, account, mfa.joined(journey.methods, shown.methods))


def _purpose(account: Account) -> str:
    return f"second_factor:{account.id}"


def _page(journey: Journey, account: Account, errors: dict[str, str]) -> str:
    return render_template(
        "second_factor_passkey.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url(HERE, journey),
        options=passkey_assertion.options(
            _purpose(account), browser=browser.device_id(request), account_id=account.id
        ),
        others=second_factor_ways.others(account, journey, "passkey"),
        errors=errors,
        values={},
    )
