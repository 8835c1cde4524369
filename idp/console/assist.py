"""Assist a person: an agency clerk names who is there, and the one service they came for. Then the person shows it.

The clerk types how the person is known here; what is shown of them is no more than the clerk typed, until they have
shown that they are present.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from idp import rate_limit, signed_in
from idp.accounts import account as accounts
from idp.accounts.account import CITIZEN, Account
from idp.console import assisting, entrance
from idp.db import db
from idp.errors import Conflict, Forbidden, InvalidInput, TooMany, Unavailable, Upstream
from idp.mandates import assisted as cases
from idp.mandates import assisted_case, presence
from idp.mandates.assisted_case import AssistedCase
from idp.relying_parties import cache

blueprint = Blueprint("assist", __name__)
blueprint.before_request(assisting.require)

LOOK_UPS = 60
HOUR = 3600


@blueprint.get(assisting.ASSISTED)
def assist() -> BaseResponse | str:
    """Show the form; while a case runs, that case."""
    running = cases.find_running(signed_in.current().session.id)
    if running is not None:
        return redirect(f"{assisting.ASSISTED}/{running.id}", 303)
    return _page({}, {})


@blueprint.post(assisting.ASSISTED)
def begin() -> BaseResponse | tuple[str, int]:
    """Prepare the case and send the person a code, unless they show their card."""
    clerk, session = signed_in.current().account, signed_in.current().session
    with_card = request.form.get("presence") == presence.CHIP
    try:
        chosen = _service()
        principal = _principal(clerk.id)
        post = entrance.current_official().post
        _check_not_own(post.person_id, principal)
        with entrance.on_record():
            case = cases.begin(clerk, session.id, principal, chosen.client_id, chosen.item, post.organization)
        if not with_card:
            presence.send_code(case, clerk_name=accounts.name_of(clerk), item_name=chosen.item_name)
    except (InvalidInput, Conflict, Forbidden, TooMany, Unavailable, Upstream) as error:
        db.session.rollback()
        known = isinstance(error, InvalidInput | Conflict | TooMany) or error.code.startswith("sms_")
        if not known and not error.message:
            raise
        return _page(assisting.errors(error), _values()), error.status
    return redirect(f"{assisting.ASSISTED}/{case.id}{'?card=1' if with_card else ''}", 303)


def _service() -> assisting.Service:
    wanted = request.form.get("service", "")
    found = next((one for one in assisting.services() if one.value == wanted), None)
    if found is None:
        raise InvalidInput("service_missing", "Choose the service they came for", field="service")
    return found


def _principal(clerk_id: UUID) -> Account:
    typed = request.form.get("principal", "")[:200]
    if not typed.strip():
        raise InvalidInput("principal_missing", "Enter their user name or phone number", field="principal")
    rate_limit.check(f"assisted-look-ups:{clerk_id}", LOOK_UPS, HOUR)
    found = accounts.find_by_identifier(typed)
    if found is None or found.kind != CITIZEN:
        raise InvalidInput(
            "principal_unknown", "Nobody is known here by this user name or phone", field="principal"
        )
    return found


def _check_not_own(person_id: UUID | None, principal: Account) -> None:
    if person_id == principal.id:
        raise Forbidden("own_case", "Nobody assists themselves", field="principal")


def _values() -> dict[str, str]:
    return {name: request.form.get(name, "")[:200] for name in ("principal", "service", "presence")}


def _page(errors: dict[str, str], values: dict[str, str]) -> str:
    clerk = signed_in.current().account
    cases = assisted_case.of_clerk(clerk.id, 10)
    cache.load(one.client_id for one in cases)
    return entrance.page(
        "console/assist.html",
        action=assisting.ASSISTED,
        services=assisting.services(),
        cases=[_shown(one) for one in cases],
        errors=errors,
        values=values,
    )


def _shown(case: AssistedCase) -> dict[str, Any]:
    return {
        "site": assisting.site_name(case),
        "item": assisting.item_name(case),
        "created_at": case.created_at,
        "ran": case.started_at is not None,
        "reason": case.end_reason,
    }
