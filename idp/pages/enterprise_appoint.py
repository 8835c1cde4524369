"""Appoint somebody for my enterprise: an administrator, a handler with items and an end, an agency firm.

Only with a strong and fresh login (the policy's floor ``appoint_administrator``).
"""

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import signed_in
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts.account import Account
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, IdpError, InvalidInput, NotFound, TooMany
from idp.identifiers import person_name, uscc
from idp.mandates import appointment, mandate, rules_file
from idp.mandates.mandate import Mandate
from idp.mandates.rules import AGENCY, HANDLER, ROLES
from idp.mandates.terms import Terms
from idp.pages import enterprise, mandating, refusal

blueprint = Blueprint("enterprise_appoint", __name__)

FORM = f"{mandating.ENTERPRISES}/<enterprise_id>/appoint"


@blueprint.before_request
def _require() -> BaseResponse | None:
    return signed_in.require_act(mandating.APPOINT_ADMINISTRATOR)


@blueprint.get(FORM)
def enterprise_appoint(enterprise_id: str) -> str:
    """Show the form."""
    found, own = enterprise.get_run(enterprise_id)
    return _page(found, own, {}, {"role": HANDLER, "scope": "named"})


@blueprint.post(FORM)
def appoint(enterprise_id: str) -> BaseResponse | tuple[str, int]:
    """Invite them; the mandate holds when they say yes."""
    found, own = enterprise.get_run(enterprise_id)
    try:
        role = _role(own)
        client = _client(found)
        holder = _firm() if role == AGENCY else _person()
        wished = mandating.read_terms(role) if role in (HANDLER, AGENCY) else Terms(role)
        made = appointment.appoint(mandating.citizen().id, found, holder, wished, client)
        commit()
    except (InvalidInput, Conflict, TooMany, Forbidden) as error:
        db.session.rollback()
        return _page(found, own, _errors(error), mandating.values()), error.status
    return signed_in.go(
        f"{mandating.MANDATES}/{made.id}", _("They have got a message. It holds when they say yes")
    )


def _role(own: Mandate) -> str:
    role = request.form.get("role", "")
    if role not in rules_file.get().roles[own.role].appoints:
        raise InvalidInput("role_missing", "Choose what they are to do", field="role")
    return role


def _person() -> Account:
    return mandating.get_holder(request.form.get("holder", ""), request.form.get("holder_name", ""))


def _firm() -> Account:
    """Return the firm with that code and name, which must be known here."""
    number = uscc.parse(request.form.get("uscc", "")).number
    firm = identities.find_account(identities.Identity(uscc.TYPE, number))
    named = request.form.get("holder_name", "")[: mandating.LONGEST_TYPED]
    if firm is None or not person_name.is_same(accounts.name_of(firm), named):
        raise InvalidInput("firm_unknown", "No firm with this code and name uses Tongxing yet", field="uscc")
    return firm


def _client(firm: Account) -> Mandate | None:
    """Return the mandate under which the firm names a handler of its own, when one is chosen."""
    chosen = request.form.get("client", "")
    if not chosen:
        return None
    found = mandate.find_text(chosen)
    if found is None or found.holder_id != firm.id:
        raise NotFound("not_found", detail="no client of this firm")
    return found


def _errors(error: IdpError) -> dict[str, str]:
    return refusal.errors(error, error.field if isinstance(error, InvalidInput | Conflict) else "")


def _page(found: Account, own: Mandate, errors: dict[str, str], values: dict[str, str]) -> str:
    appoints = rules_file.get().roles[own.role].appoints
    clients = [one for one, _above in mandate.held_by(found.id) if one.role == AGENCY]
    return signed_in.page(
        "account/enterprise_appoint.html",
        enterprise=enterprise.shown(found),
        action=f"{mandating.ENTERPRISES}/{found.id}/appoint",
        roles=[role for role in ROLES if role in appoints],
        clients=[
            {"id": str(one.id), "name": accounts.name_of(accounts.get(one.principal_id))} for one in clients
        ],
        chosen_client=request.values.get("client", ""),
        dates=mandating.dates(HANDLER),
        item_choices=mandating.item_choices(),
        back_url=f"{mandating.ENTERPRISES}/{found.id}",
        errors=errors,
        values=values,
    )
