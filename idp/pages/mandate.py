"""One mandate: what it allows, and what can be done with it: say yes or no, take it back, lay it down.

Taking back is asked once more on a page of its own; it holds from the next token on.
"""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from idp.level_policy import current
from idp.mandates import appointment, guardianship, rules
from idp.mandates.mandate import Mandate
from idp.pages import mandating, refusal

blueprint = Blueprint("mandate", __name__)
blueprint.before_request(signed_in.require)

ONE = f"{mandating.MANDATES}/<mandate_id>"


@blueprint.get(ONE)
def mandate(mandate_id: str) -> str:
    """Show it."""
    return _page(mandating.get_own(mandate_id), {})


@blueprint.post(f"{ONE}/answer")
def answer(mandate_id: str) -> BaseResponse | tuple[str, int]:
    """Say yes or no to what was offered."""
    one = mandating.get_own(mandate_id)
    away = _floor(one)
    if away is not None:
        return away
    me = mandating.citizen().id
    try:
        if request.form.get("decision") == "confirm":
            appointment.confirm(one, me)
            notice = _("You said yes. The mandate holds from now on")
        else:
            appointment.decline(one, me)
            notice = _("You said no. Nobody got a mandate")
        commit()
    except (Conflict, Forbidden) as error:
        db.session.rollback()
        return _page(mandating.get_own(mandate_id), refusal.errors(error, "")), error.status
    return signed_in.go(mandating.MANDATES, notice)


@blueprint.get(f"{ONE}/end")
def ask_end(mandate_id: str) -> str:
    """Ask once more."""
    one = _get_endable(mandate_id)
    return signed_in.page(
        "account/mandate_end.html",
        mandate=mandating.shown(one),
        action=f"{mandating.MANDATES}/{one.id}/end",
        back_url=f"{mandating.MANDATES}/{one.id}",
    )


@blueprint.post(f"{ONE}/end")
def end(mandate_id: str) -> BaseResponse:
    """End it; who comes too late is told that it has ended already."""
    one = mandating.get_own(mandate_id)
    try:
        appointment.revoke(one, mandating.citizen().id)
        commit()
    except Conflict:
        db.session.rollback()
        return signed_in.go(mandating.MANDATES, _("This mandate had ended already"))
    return signed_in.go(mandating.MANDATES, _("The mandate is ended. It opens nothing any more"))


@blueprint.post(f"{ONE}/items")
def items(mandate_id: str) -> BaseResponse | tuple[str, int]:
    """Let a child of 16 or 17 name what the guardian may do."""
    one = mandating.get_own(mandate_id)
    try:
        guardianship.name_items(one, mandating.citizen().id, request.form.getlist("item"))
        commit()
    except (InvalidInput, Forbidden) as error:
        db.session.rollback()
        return _page(mandating.get_own(mandate_id), refusal.errors(error, "")), error.status
    return signed_in.go(f"{mandating.MANDATES}/{mandate_id}", _("Your guardian may act in these from now on"))


def _get_endable(mandate_id: str) -> Mandate:
    one = mandating.get_own(mandate_id)
    if not appointment.may_end(one, mandating.citizen().id):
        raise NotFound("not_found", detail="nothing to end")
    return one


def _floor(one: Mandate) -> BaseResponse | None:
    """An administrator comes in as strongly as one is let in."""
    if one.role != rules.ADMINISTRATOR:
        return None
    return signed_in.step_up(current.get().floors.acts[mandating.APPOINT_ADMINISTRATOR])


def _page(one: Mandate, errors: dict[str, str]) -> str:
    me = mandating.citizen()
    shown: dict[str, Any] = mandating.shown(one)
    return signed_in.page(
        "account/mandate.html",
        mandate=shown,
        action=f"{mandating.MANDATES}/{one.id}/answer",
        end_url=f"{mandating.MANDATES}/{one.id}/end",
        items_action=f"{mandating.MANDATES}/{one.id}/items" if guardianship.may_name_items(one, me) else None,
        item_choices=[
            choice | {"ticked": choice["code"] in one.items} for choice in mandating.item_choices()
        ],
        back_url=mandating.MANDATES,
        errors=errors,
        values={},
    )
