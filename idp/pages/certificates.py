"""Tie the certificate that the browser shows to one's account."""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts import notice
from idp.authenticators import authenticator_name, client_certificate, sc
from idp.authenticators.forwarded_certificate import Forwarded
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput
from idp.pages import refusal, shown_certificate

blueprint = Blueprint("certificates", __name__)
blueprint.before_request(shown_certificate.require_offered)
blueprint.before_request(signed_in.require_change)

HERE = "/account/certificates"
METHODS = "/account/sign-in-methods"


@blueprint.get(HERE)
def certificates() -> str:
    """Show which certificate the browser offers, or how to offer one."""
    try:
        return _page(shown_certificate.find(), {}, {})
    except InvalidInput as error:
        return _page(None, refusal.errors(error, ""), {})


@blueprint.post(HERE)
def add() -> BaseResponse | tuple[str, int]:
    """Check the certificate as a login would, tie it to the account, and tell its owner elsewhere."""
    account, name, shown = signed_in.current().account, request.form.get("name", ""), None
    try:
        shown = shown_certificate.find()
        if shown is None:
            return _page(None, {}, {"name": name[:200]}), 400
        certificate = sc.verify(shown, clock.now())
        told = sc.described(certificate)
        client_certificate.add(
            account.id,
            digest=sc.digest(certificate),
            serial=told.serial,
            issuer=told.issuer,
            subject=told.subject,
            name=name,
            not_after=certificate.not_valid_after_utc,
        )
    except (InvalidInput, Forbidden, Conflict) as error:
        db.session.rollback()
        errors = refusal.errors(error, "name" if error.field == "name" else "")
        return _page(shown, errors, {"name": name[:200]}), error.status
    notice.tell(account, "certificate_added")
    commit()
    return shown_certificate.homewards(signed_in.go(METHODS, _("The certificate is added")))


def _page(shown: Forwarded | None, errors: dict[str, str], values: dict[str, str]) -> str:
    return signed_in.page(
        "account/certificate_add.html",
        action=HERE,
        shown=sc.described(shown.certificate) if shown else None,
        again_url=shown_certificate.address(HERE),
        longest=authenticator_name.LONGEST,
        back_url=METHODS,
        errors=errors,
        values={"name": "UKey", **values},
    )
