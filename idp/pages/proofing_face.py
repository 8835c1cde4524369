"""Prove by a live face: a consent of its own first, other ways of the same worth beside it, then the picture.

The picture is sent to the register and kept nowhere (rules on face recognition, in force 2025-06-01).
"""

import base64
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts.account import Account
from idp.audit import log
from idp.audit.event import EventName
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany
from idp.pages import proving, refusal
from idp.proofing import attempt, case_row
from idp.proofing import case as cases
from idp.proofing.verifiers import face

blueprint = Blueprint("proofing_face", __name__)
blueprint.before_request(signed_in.require)

PATH = f"{proving.OVERVIEW}/face"
# The picture and what a form puts around it; all other requests stay far below.
LARGEST_FORM = face.LARGEST_PICTURE + 16_384


@blueprint.url_value_preprocessor
def allow_picture(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let this one form be as large as a picture, before anything reads it."""
    if request.method == "POST":
        request.max_content_length = LARGEST_FORM


@blueprint.get(PATH)
def proofing_face() -> BaseResponse | str:
    """Show what it is, the other ways, and the form."""
    person = proving.account()
    return _page(person, {})


@blueprint.post(PATH)
def send() -> BaseResponse | tuple[str, int]:
    """Note the consent, ask the register, and show what came of it."""
    person = proving.account()
    try:
        case = cases.begin(person, face.CODE, return_to=proving.return_to())
        form = {"consent": request.form.get("consent", ""), "image": _picture()}
        if form["consent"] == "yes":
            log.record(EventName.FACE_CONSENT_GIVEN, account_id=person.id, case_id=case.id)
        attempt.submit(case, form, address=request.remote_addr or "")
    except Conflict:
        db.session.rollback()
        return redirect(proving.url(proving.OVERVIEW), 303)
    except (InvalidInput, TooMany, Forbidden) as error:
        db.session.rollback()
        if not error.message and not isinstance(error, TooMany):
            raise
        db.session.refresh(person)
        return _page(person, refusal.errors(error)), error.status
    return redirect(proving.case_url(case), 303)


def _picture() -> str:
    sent = request.files.get("image")
    data = sent.stream.read(face.LARGEST_PICTURE + 1) if sent is not None else b""
    if len(data) > face.LARGEST_PICTURE:
        raise InvalidInput("picture_too_large", "The picture is too large. Take a smaller one", field="image")
    return base64.b64encode(data).decode()


def _page(person: Account, errors: dict[str, str]) -> str:
    about = proving.about(person)
    case = cases.find_open(person.id, face.CODE)
    return signed_in.page(
        "account/proofing_face.html",
        name=proving.name_of(face.CODE),
        action=proving.url(PATH),
        back_url=proving.url(proving.OVERVIEW),
        register_url=proving.way_url("register"),
        known=proving.known(about),
        away=case is not None and case.state == case_row.WAITING,
        alternatives=[
            {"name": proving.name_of(code), "url": proving.way_url(code)}
            for code in ("operator3", "network_id", "chip", "point")
        ],
        largest_kb=face.LARGEST_PICTURE // 1000,
        errors=errors,
        values={},
    )
