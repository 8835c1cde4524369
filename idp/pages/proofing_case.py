"""One case: what it waits for or what came of it, and what can be done now; its number and QR code to take along."""

import io
from uuid import UUID

import segno
from flask import Blueprint, Response, redirect
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
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

PATH = f"{proving.CASES}/<uuid:case_id>"


@blueprint.get(PATH)
def proofing_case(case_id: UUID) -> str:
    """Show it."""
    person, case = proving.account(), _own(case_id)
    session, now = signed_in.current().session, clock.now()
    asking = verifiers.find_asking(case.verifier)
    level = evidence.level(person, now)
    return signed_in.page(
        "account/proofing_case.html",
        case=proving.shown(case),
        given=proving.masked(case_row.given(case)),
        in_person=verifiers.get(case.verifier).WAY in {Way.OFFICIAL, Way.TWO_OFFICIALS},
        for_voucher=verifiers.get(case.verifier).WAY is Way.VOUCHER,
        can_retry=asking is not None and not asking.PASSING,
        level=level,
        level_name=proving.level_name(level),
        session_level=standing.level(current.get(), person, session, now),
        return_url=case.return_to or proving.return_to(),
        overview_url=proving.url(proving.OVERVIEW),
        qr_url=proving.case_url(case, "/qr.svg"),
        retry_action=proving.case_url(case, "/retry"),
        cancel_action=proving.case_url(case, "/cancel"),
        back_url=proving.url(proving.OVERVIEW),
    )


@blueprint.get(f"{PATH}/qr.svg")
def qr_code(case_id: UUID) -> Response:
    """Draw the case's number for a clerk's scanner; never kept by anybody's cache."""
    picture = io.BytesIO()
    segno.make(_own(case_id).number, error="m", micro=False).save(
        picture, kind="svg", scale=6, border=3, dark="#000", light="#fff", xmldecl=False
    )
    return Response(picture.getvalue(), mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@blueprint.post(f"{PATH}/retry")
def retry(case_id: UUID) -> BaseResponse:
    """Ask the source again, now."""
    case = _own(case_id)
    try:
        attempt.retry(case)
    except (Conflict, TooMany):
        # It is being asked at this moment, was asked often enough, or is decided: the page says so.
        db.session.rollback()
    return redirect(proving.case_url(case), 303)


@blueprint.post(f"{PATH}/cancel")
def cancel(case_id: UUID) -> BaseResponse:
    """End it because the person does not want it any more."""
    cases.cancel(_own(case_id))
    commit()
    return signed_in.go(proving.url(proving.OVERVIEW), _("The case is cancelled"))


@blueprint.get(f"{PATH}/retry")
@blueprint.get(f"{PATH}/cancel")
def back(case_id: UUID) -> BaseResponse:
    """Lead back who comes here by a link to the case."""
    return redirect(proving.case_url(_own(case_id)), 303)


def _own(case_id: UUID) -> ProofingCase:
    person = proving.account()
    try:
        case = cases.get_own(case_id, person.id)
    except NotFound as error:
        raise NotFound("not_found", detail=error.detail) from error
    if case.account_id != person.id:
        # An enterprise's case has its pages among the enterprises.
        raise NotFound("not_found", detail=str(case_id))
    return case
