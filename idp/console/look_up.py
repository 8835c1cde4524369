"""Look up an account: only with a stated reason, only what helps the person at the window, all of it on record.

No number in full, no birthday, no address, nothing of the sites the person uses.
"""

from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from idp import clock, rate_limit
from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import notice, phone_number
from idp.accounts.account import CITIZEN, Account
from idp.console import cases as queue
from idp.console import entrance, wording
from idp.errors import InvalidInput
from idp.operators import appointing, record
from idp.operators.rights import Act
from idp.proofing import case as cases
from idp.proofing import evidence

blueprint = Blueprint("console_look_up", __name__)
blueprint.before_request(entrance.require)

LOOK_UPS, WINDOW = 60, 3600
SHORTEST_REASON = 4


@blueprint.get("/console/look-up")
def form() -> str:
    """Show the form."""
    entrance.check(Act.LOOK_UP_ACCOUNT)
    return _page(None, {})


@blueprint.post("/console/look-up")
def look_up() -> tuple[str, int]:
    """Show what is known of the account, and write down who looked, at whom, why."""
    official = entrance.check(Act.LOOK_UP_ACCOUNT)
    rate_limit.check(f"console-look-up:{official.account.id}", LOOK_UPS, WINDOW)
    identifier, reason = request.form.get("identifier", "").strip()[:200], request.form.get("reason", "")
    errors = {} if identifier else {"identifier": _("Enter a user name or phone number")}
    try:
        reason = appointing.one_line(reason, appointing.LONGEST_REASON, "reason")
    except InvalidInput:
        reason = ""
    if len(reason) < SHORTEST_REASON:
        errors["reason"] = _("Say in a few words why you must know")
    if errors:
        return _page(None, errors), 400
    found = accounts.find_by_identifier(identifier)
    account = found if found is not None and found.kind == CITIZEN else None
    with entrance.on_record():
        record.viewed(
            "look_up", account_id=account.id if account else None, reason=reason, found=account is not None
        )
        if account is not None:
            notice.tell(account, "looked_up", organization=official.post.organization, reason=reason)
    if account is None:
        return _page(None, {"identifier": _("There is no citizen with this user name or phone number")}), 404
    return _page(_shown(account), {}), 200


def _shown(account: Account) -> dict[str, Any]:
    official = entrance.current_official()
    now = clock.now()
    phone, identity = accounts.phone_of(account), identities.of(account)
    return {
        "name": wording.masked_name(accounts.name_of(account)),
        "status": account.status,
        "status_text": wording.account_status(account.status),
        "level": evidence.level(account, now),
        "phone": phone_number.masked(phone) if phone else None,
        "identity": identity.masked() if identity else None,
        "since": account.created_at,
        "evidence": [
            {
                "what": wording.verifier(piece.code),
                "at": piece.obtained_at,
                "until": piece.expires_at,
                "valid": piece.ended_at is None and (piece.expires_at is None or piece.expires_at > now),
            }
            for piece in evidence.of_account(account.id)
        ],
        "cases": [
            queue.shown(official, case)
            for case in cases.of_account(account.id, limit=10)
            if queue.is_visible(official, case)
        ],
    }


def _page(found: dict[str, Any] | None, errors: dict[str, str]) -> str:
    return entrance.page(
        "console/look_up.html",
        account=found,
        errors=errors,
        values={name: request.form.get(name, "")[:200] for name in ("identifier", "reason")},
    )
