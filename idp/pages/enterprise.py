"""One enterprise of mine: who acts for it, for whom it acts as a firm, and whom I may appoint."""

from uuid import UUID

from flask import Blueprint, request
from flask_babel import get_locale

from idp import signed_in
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts.account import Account
from idp.errors import NotFound
from idp.mandates import item, managing, mandate, rules_file
from idp.mandates.mandate import Mandate
from idp.mandates.rules import AGENCY
from idp.pages import mandating

blueprint = Blueprint("enterprise", __name__)
blueprint.before_request(signed_in.require)

ONE = f"{mandating.ENTERPRISES}/<enterprise_id>"
PAGE = 50


@blueprint.get(ONE)
def enterprise(enterprise_id: str) -> str:
    """Show it to who runs it."""
    found, own = get_run(enterprise_id)
    rows = mandate.of_principal(found.id, before=_before(), limit=PAGE + 1)
    held = mandate.held_by(found.id)
    locale = str(get_locale())
    return signed_in.page(
        "account/enterprise.html",
        enterprise=shown(found),
        own_role=own.role,
        mandates=[mandating.shown(one) for one in rows[:PAGE]],
        more_url=f"{mandating.ENTERPRISES}/{found.id}?before={rows[PAGE - 1].id}"
        if len(rows) > PAGE
        else None,
        clients=[
            {
                "id": str(one.id),
                "name": accounts.name_of(accounts.get(one.principal_id)),
                "items": [item.name_of(code, locale) for code in one.items],
                "mandate": mandating.shown(one),
            }
            for one, _above in held
            if one.role == AGENCY
        ],
        appoints=sorted(rules_file.get().roles[own.role].appoints),
        proofing_url=f"{mandating.ENTERPRISES}/{found.id}/proofing",
        appoint_url=f"{mandating.ENTERPRISES}/{found.id}/appoint",
        back_url=mandating.ENTERPRISES,
    )


def get_run(enterprise_id: str) -> tuple[Account, Mandate]:
    """Return the enterprise and the mandate by which the person runs it; NotFound for anybody else."""
    try:
        found = accounts.find(UUID(enterprise_id))
    except ValueError:
        found = None
    own = managing.manages(mandating.citizen().id, found.id) if found is not None else None
    if found is None or own is None:
        raise NotFound("not_found", detail=enterprise_id[:40])
    return found, own


def shown(found: Account) -> dict[str, str]:
    """Return the enterprise as pages show it."""
    identity = identities.of(found)
    return {
        "id": str(found.id),
        "name": accounts.name_of(found),
        "uscc": identity.number if identity else "",
        "status": found.status,
        "url": f"{mandating.ENTERPRISES}/{found.id}",
    }


def _before() -> UUID | None:
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None
