"""Log in with a certificate on a UKey or smart card: the proxy asks the browser for it, we ask whose it is.

Nothing happens by merely coming here: the person sees which certificate it is, and presses the button.
"""

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, metrics
from idp.accounts import account as accounts
from idp.authenticators import certificate_use, password_login, sc
from idp.authenticators.forwarded_certificate import Forwarded
from idp.errors import Forbidden, InvalidInput, TooMany
from idp.journey.journey import Journey
from idp.pages import refusal, shown_certificate, signing_in

blueprint = Blueprint("login_certificate", __name__)
blueprint.before_request(shown_certificate.require_offered)

HERE = "/login/certificate"


@blueprint.get(HERE)
def login_certificate() -> str:
    """Show which certificate the browser offers, or how to offer one."""
    journey = signing_in.current_journey()
    try:
        return _page(journey, shown_certificate.find(), {})
    except InvalidInput as error:
        return _page(journey, None, refusal.errors(error, ""))


@blueprint.post(HERE)
def check() -> BaseResponse | tuple[str, int]:
    """Check the certificate; its owner is in."""
    journey = signing_in.current_journey()
    shown = None
    try:
        password_login.count_attempt(request.remote_addr or "")
        shown = shown_certificate.find()
        if shown is None:
            return _page(journey, None, {}), 400
        found = certificate_use.check(shown, clock.now())
        account = accounts.get(found.account_id)
        accounts.check_active(account)
    except TooMany as error:
        return _page(journey, shown, refusal.errors(error, "")), error.status
    except (InvalidInput, Forbidden) as error:
        shown_certificate.note_refusal(error)
        return _page(journey, shown, refusal.errors(error, "")), error.status
    metrics.login("succeeded")
    return shown_certificate.homewards(signing_in.complete(journey, account, list(certificate_use.METHODS)))


def _page(journey: Journey, shown: Forwarded | None, errors: dict[str, str]) -> str:
    return render_template(
        "login_certificate.html",
        rp=signing_in.site_of(journey),
        back_url=signing_in.cancel_url(journey),
        action=signing_in.page_url(HERE, journey),
        shown=sc.described(shown.certificate) if shown else None,
        again_url=shown_certificate.address(signing_in.page_url(HERE, journey)),
        other_url=signing_in.page_url("/login", journey),
        errors=errors,
        values={},
    )
