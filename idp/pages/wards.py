"""Whom I look after: my children by the kinship register, and an adult ward by a decision that an official has seen.

Becoming a guardian needs a strong and fresh login (the policy's floor ``appoint_guardian``).
"""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany, Unavailable, Upstream
from idp.level_policy import current
from idp.mandates import guardianship, mandate, rules
from idp.mandates.decision import PROPOSED
from idp.mandates.mandate import Mandate
from idp.pages import mandating, refusal
from idp.proofing import kinship

blueprint = Blueprint("wards", __name__)
blueprint.before_request(signed_in.require)

CHILD = f"{mandating.WARDS}/child"
ADULT = f"{mandating.WARDS}/adult"


@blueprint.get(mandating.WARDS)
def wards() -> str:
    """Show them, with what the law lets a guardian do for each at its age."""
    me = mandating.citizen().id
    rows = [*mandate.held_by(me), *mandate.held_by(me, status=PROPOSED)]
    return signed_in.page(
        "account/wards.html",
        wards=[_shown(one) for one, _above in rows if one.role in (rules.GUARDIAN, rules.WARD_GUARDIAN)],
        child_url=CHILD,
        adult_url=ADULT,
        back_url=mandating.MANDATES,
    )


@blueprint.get(CHILD)
def child() -> BaseResponse | str:
    """Show the form for a child."""
    return _floor() or _child_page({}, {})


@blueprint.post(CHILD)
def add_child() -> BaseResponse | tuple[str, int]:
    """Ask the kinship register."""
    away = _floor()
    if away is not None:
        return away
    number, name = request.form.get("number", ""), request.form.get("name", "")
    try:
        kinship.claim(mandating.citizen(), number[:100], name)
    except (InvalidInput, Conflict, TooMany, Forbidden, Unavailable, Upstream) as error:
        db.session.rollback()
        typed = {"number": number[:40], "name": name[:200]}
        if isinstance(error, Unavailable | Upstream):
            sentence = _("The register does not answer just now. Try again later")
            return _child_page({"": sentence}, typed), error.status
        if isinstance(error, Forbidden) and not error.message:
            raise
        field = error.field if error.field in typed else ""
        return _child_page(refusal.errors(error, field), typed), error.status
    return signed_in.go(mandating.WARDS, _("You can act for your child now"))


def _floor() -> BaseResponse | None:
    return signed_in.step_up(current.get().floors.acts[mandating.APPOINT_GUARDIAN])


@blueprint.get(ADULT)
def adult() -> BaseResponse | str:
    """Show the form for an adult ward."""
    return _floor() or _adult_page({}, {})


@blueprint.post(ADULT)
def add_adult() -> BaseResponse | tuple[str, int]:
    """Note the decision; an official has to see it."""
    away = _floor()
    if away is not None:
        return away
    number = request.form.get("evidence_number", "")
    try:
        ward = mandating.get_holder(request.form.get("holder", ""), request.form.get("holder_name", ""))
        guardianship.ask_for_ward(
            mandating.citizen(), ward, number, mandating.read_terms(rules.WARD_GUARDIAN)
        )
        commit()
    except (InvalidInput, Conflict, TooMany, Forbidden) as error:
        db.session.rollback()
        typed = mandating.values() | {"evidence_number": number[:60]}
        field = error.field if isinstance(error, InvalidInput | Conflict) else ""
        return _adult_page(refusal.errors(error, field), typed), error.status
    return signed_in.go(
        mandating.WARDS, _("Show the decision at a service counter; it holds when an official confirms it")
    )


def _shown(one: Mandate) -> dict[str, Any]:
    ward = accounts.get(one.principal_id)
    rule = guardianship.rule_of(ward, clock.now()) if one.role == rules.GUARDIAN else None
    return mandating.shown(one) | {
        "guardian_acts": rule.guardian_acts if rule else "all",
        "consents": rule.consents if rule else "guardian",
        "changes_at": one.review_at if one.role == rules.GUARDIAN else None,
    }


def _child_page(errors: dict[str, str], values: dict[str, str]) -> str:
    return signed_in.page(
        "account/ward_child.html", action=CHILD, back_url=mandating.WARDS, errors=errors, values=values
    )


def _adult_page(errors: dict[str, str], values: dict[str, str]) -> str:
    return signed_in.page(
        "account/ward_adult.html",
        action=ADULT,
        dates=mandating.dates(rules.WARD_GUARDIAN),
        back_url=mandating.WARDS,
        errors=errors,
        values=values,
    )
