"""Prove by the certificate that the browser shows (RFC 9440), verified as for a login: its holder is whom it proves."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts.account import CITIZEN, ENTERPRISE
from idp.authenticators import sc
from idp.authenticators.forwarded_certificate import Forwarded
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany
from idp.pages import proving, refusal, shown_certificate
from idp.proofing import attempt, certificate_holder
from idp.proofing import case as cases
from idp.proofing.verifiers import certificate, enterprise_certificate

blueprint = Blueprint("proofing_certificate", __name__)
blueprint.before_request(shown_certificate.require_offered)
blueprint.before_request(signed_in.require)
blueprint.url_value_preprocessor(proving.take_enterprise)

OWN, OF_ENTERPRISE = proving.at(f"{proving.OVERVIEW}/certificate")
VERIFIERS = {CITIZEN: certificate.CODE, ENTERPRISE: enterprise_certificate.CODE}


@blueprint.get(OWN)
@blueprint.get(OF_ENTERPRISE)
def proofing_certificate() -> str:
    """Show which certificate the browser offers, or how to offer one."""
    proving.account()
    try:
        return _page(shown_certificate.find(), {})
    except InvalidInput as error:
        return _page(None, refusal.errors(error, ""))


@blueprint.post(OWN)
@blueprint.post(OF_ENTERPRISE)
def prove() -> BaseResponse | tuple[str, int]:
    """Verify it, and show what came of it."""
    person, shown = proving.account(), None
    try:
        shown = shown_certificate.find()
        if shown is None:
            return _page(None, {}), 400
        holder = certificate_holder.of(sc.verify(shown, clock.now()))
        me = signed_in.current().account.id
        code = VERIFIERS[person.kind]
        case = cases.begin(person, code, person_id=me, return_to=proving.return_to())
        attempt.present(case, holder, address=request.remote_addr or "")
    except (InvalidInput, Forbidden, Conflict, TooMany) as error:
        db.session.rollback()
        db.session.refresh(person)
        return _page(shown, refusal.errors(error, "")), error.status
    return shown_certificate.homewards(redirect(proving.case_url(case), 303))


def _page(shown: Forwarded | None, errors: dict[str, str]) -> str:
    return signed_in.page(
        "account/proofing_certificate.html",
        name=proving.name_of(VERIFIERS[proving.account().kind]),
        way=VERIFIERS[proving.account().kind],
        action=proving.url(OWN),
        shown=sc.described(shown.certificate) if shown else None,
        again_url=shown_certificate.address(proving.url(OWN)),
        back_url=proving.url(proving.OVERVIEW),
        errors=errors,
        values={},
    )
