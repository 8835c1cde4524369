"""Prove once more that it is you with a certificate, before ways of signing in are changed."""

from flask import Blueprint
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.authenticators import certificate_use, sc
from idp.authenticators.forwarded_certificate import Forwarded
from idp.errors import Forbidden, InvalidInput
from idp.pages import reauthenticate, refusal, shown_certificate

blueprint = Blueprint("reauthenticate_certificate", __name__)
blueprint.before_request(shown_certificate.require_offered)
blueprint.before_request(signed_in.require)

HERE = "/account/reauthenticate/certificate"


@blueprint.get(HERE)
def reauthenticate_certificate() -> str:
    """Show which certificate the browser offers, or how to offer one."""
    try:
        return _page(shown_certificate.find(), {})
    except InvalidInput as error:
        return _page(None, refusal.errors(error, ""))


@blueprint.post(HERE)
def check() -> BaseResponse | tuple[str, int]:
    """Check that it is the person's own."""
    person, shown = signed_in.current(), None
    try:
        shown = shown_certificate.find()
        if shown is None:
            return _page(None, {}), 400
        certificate_use.check(shown, clock.now(), person.account.id)
    except (InvalidInput, Forbidden) as error:
        shown_certificate.note_refusal(error, account_id=person.account.id, session_id=person.session.id)
        return _page(shown, refusal.errors(error, "")), error.status
    return shown_certificate.homewards(reauthenticate.renew(list(certificate_use.METHODS)))


def _page(shown: Forwarded | None, errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/certificate_show.html",
        action=reauthenticate.url(HERE),
        shown=sc.described(shown.certificate) if shown else None,
        again_url=shown_certificate.address(reauthenticate.url(HERE)),
        back_url=reauthenticate.url("/account/reauthenticate"),
        errors=errors,
    )
