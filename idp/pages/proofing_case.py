"""One case: what it waits for or what came of it, and what can be done now; its number and QR code to take along."""

import io
from uuid import UUID

import segno
from flask import Blueprint, Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts.account import CITIZEN
from idp.db import commit, db
from idp.errors import Conflict, NotFound, TooMany
from idp.level_policy import current
from idp.pages import proving
from idp.proofing import attempt, case_row, evidence, verifiers
from idp.proofing import case as cases
from idp.proofing.case_row import ProofingCase
from idp.proofing.verifier import Way
from idp.sessions import standing

blueprint = Blueprint("proofing_case", __name__)
blueprint.before_request(signed_in.require)
blueprint.url_value_preprocessor(proving.take_enterprise)

OWN, OF_ENTERPRISE = proving.at(f"{proving.CASES}/<uuid:case_id>")


@blueprint.get(OWN)
@blueprint.get(OF_ENTERPRISE)
def proofing_case(case_id: UUID) -> str:
    """Show it."""
    whose, case = proving.account(), _own(case_id)
    session, now = signed_in.current().session, clock.now()
    asking = verifiers.find_asking(case.verifier)
    level = evidence.level(whose, now)
    return signed_in.page(
        "account/proofing_case.html",
        case=proving.shown(case),
        given=proving.masked(case_row.given(case)),
        in_person=verifiers.get(case.verifier).WAY in {Way.OFFICIAL, Way.TWO_OFFICIALS},
        for_voucher=verifiers.get(case.verifier).WAY is Way.VOUCHER,
        can_retry=asking is not None and not asking.PASSING,
        level=level,
        level_name=proving.level_name(level),
        session_level=standing.level(current.get(), whose, session, now) if whose.kind == CITIZEN else level,
        is_enterprise=whose.kind != CITIZEN,
        return_url=case.return_to or proving.return_to(),
        overview_url=proving.url(proving.OVERVIEW),
        qr_url=proving.case_url(case, "/qr.svg"),
        retry_action=proving.case_url(case, "/retry"),
        cancel_action=proving.case_url(case, "/cancel"),
        back_url=proving.url(proving.OVERVIEW),
    )


@blueprint.get(f"{OWN}/qr.svg")
@blueprint.get(f"{OF_ENTERPRISE}/qr.svg")
def qr_code(case_id: UUID) -> Response:
    """Draw the case's number for a clerk's scanner; never kept by anybody's cache."""
    picture = io.BytesIO()
    segno.make(_own(case_id).number, error="m", micro=False).save(
        picture, kind="svg", scale=6, border=3, dark="#000", light="#fff", xmldecl=False
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@blueprint.post(f"{OWN}/retry")
@blueprint.post(f"{OF_ENTERPRISE}/retry")
def retry(case_id: UUID) -> BaseResponse:
    """Ask the source again, now."""
    case = _own(case_id)
    try:
        attempt.retry(case)
    except (Conflict, TooMany):
        # It is being asked at this moment, was asked often enough, or is decided: the page says so.
        db.session.rollback()
    return redirect(proving.case_url(case), 303)


@blueprint.post(f"{OWN}/cancel")
@blueprint.post(f"{OF_ENTERPRISE}/cancel")
def cancel(case_id: UUID) -> BaseResponse:
    """End it because the person does not want it any more."""
    cases.cancel(_own(case_id))
    commit()
    return signed_in.go(proving.url(proving.OVERVIEW), _("The case is cancelled"))


@blueprint.get(f"{OWN}/retry")
@blueprint.get(f"{OF_ENTERPRISE}/retry")
@blueprint.get(f"{OWN}/cancel")
@blueprint.get(f"{OF_ENTERPRISE}/cancel")
def back(case_id: UUID) -> BaseResponse:
    """Lead back who comes here by a link to the case."""
    return redirect(proving.case_url(_own(case_id)), 303)


def _own(case_id: UUID) -> ProofingCase:
    """Return the case of this account; a person's also by whom it was begun, an enterprise's to all who run it."""
    whose = proving.account()
    case = case_row.find(case_id)
    if case is None or case.account_id != whose.id or (whose.kind == CITIZEN and case.person_id != whose.id):
        raise NotFound("not_found", detail=str(case_id))
    return case
