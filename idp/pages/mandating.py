"""What the pages of mandates share: the citizen at the keyboard, terms read from a form, a mandate as it is shown."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

from idp import clock, rate_limit, signed_in
from idp.accounts import account as accounts
from idp.accounts.account import Account
from idp.errors import Forbidden, InvalidInput, NotFound
from idp.identifiers import person_name
from idp.mandates import age, appointment, item, managing, mandate, offering, rules_file
from idp.mandates.decision import PROPOSED
from idp.mandates.mandate import Mandate
from idp.mandates.terms import Terms

MANDATES = "/account/mandates"
ENTERPRISES = "/account/enterprises"
WARDS = "/account/wards"
APPOINT_ADMINISTRATOR = "appoint_administrator"
APPOINT_GUARDIAN = "appoint_guardian"

LOOK_UPS = 30
HOUR = 3600
LONGEST_TYPED = 200


def citizen() -> Account:
    """Return the citizen who is signed in; Forbidden for officials, who act for nobody by a mandate."""
    person = signed_in.current().account
    if person.kind != accounts.CITIZEN:
        raise Forbidden("forbidden")
    return person


def get_own(mandate_id: str) -> Mandate:
    """Return the mandate in which the person has a part; NotFound otherwise, so that nobody learns of others'."""
    found = mandate.find_text(mandate_id)
    if found is None or not _concerns(found, citizen().id):
        raise NotFound("not_found", detail=mandate_id[:40])
    return found


def get_holder(identifier: str, name: str) -> Account:
    """Return the citizen with that user name or phone number and that name; InvalidInput ``holder_unknown``.

    Both must be right, and tries are counted: nobody finds out by it who has an account.
    """
    if not identifier.strip():
        raise InvalidInput("holder_missing", "Enter their user name or phone number", field="holder")
    if not name.strip():
        raise InvalidInput("holder_name_missing", "Enter their full name", field="holder_name")
    rate_limit.check(f"mandate-look-ups:{citizen().id}", LOOK_UPS, HOUR)
    found = accounts.find_by_identifier(identifier[:LONGEST_TYPED])
    if (
        found is None
        or found.kind != accounts.CITIZEN
        or not person_name.is_same(accounts.name_of(found), name[:LONGEST_TYPED])
    ):
        raise InvalidInput(
            "holder_unknown", "There is nobody with this user name or phone and this name", field="holder"
        )
    return found


def read_terms(role: str) -> Terms:
    """Return the terms that were typed; InvalidInput ``date_malformed``. The last day counts to its end."""
    named = request.form.get("scope", "all") == "named"
    items = tuple(dict.fromkeys(request.form.getlist("item"))) if named else ()
    if named and not items:
        raise InvalidInput("items_missing", "Name the items", field="item")
    single_use = request.form.get("single_use") == "1"
    return Terms(role, items, expires_at=_last_day(), single_use=single_use)


def item_choices() -> list[dict[str, Any]]:
    """Return the items that can be ticked, with those that were."""
    ticked = set(request.form.getlist("item"))
    locale = str(get_locale())
    return [
        {"code": one.code, "name": one.name(locale), "ticked": one.code in ticked} for one in item.listed()
    ]


def values() -> dict[str, str]:
    """Return what was typed, to keep it in the form."""
    names = ("role", "holder", "holder_name", "scope", "expires_on", "single_use", "uscc", "direction")
    return {name: request.form.get(name, "")[:LONGEST_TYPED] for name in names}


def dates(role: str) -> dict[str, str]:
    """Return the first and the last day that may be chosen, and the one that is proposed."""
    rule = rules_file.get().roles[role]
    today = age.today(clock.now())
    return {
        "first": (today).isoformat(),
        "last": (today + timedelta(days=rule.longest_days - 1)).isoformat() if rule.longest_days else "",
        "proposed": (today + timedelta(days=rule.default_days - 1)).isoformat() if rule.default_days else "",
    }


def shown(one: Mandate) -> dict[str, Any]:
    """Return a mandate as lists and pages show it to the person."""
    me = citizen().id
    parent = mandate.find(one.parent_id) if one.parent_id else None
    root = parent or one
    waits_for = offering.awaited(one)
    locale = str(get_locale())
    return {
        "id": str(one.id),
        "url": f"{MANDATES}/{one.id}",
        "role": root.role,
        "own_role": one.role,
        "principal": _name(root.principal_id),
        "principal_id": str(root.principal_id),
        "through": _name(parent.holder_id) if parent else None,
        "holder": _name(one.holder_id),
        "is_mine": one.holder_id == me,
        "items": [item.name_of(code, locale) for code in one.items],
        "starts_at": one.starts_at,
        "last_day": one.expires_at - timedelta(seconds=1) if one.expires_at else None,
        "status": one.status,
        "reason": one.end_reason,
        "ended_at": one.ended_at,
        "single_use": one.single_use,
        "used_at": one.used_at,
        "waits_for_me": me in waits_for,
        "waits_for_official": one.status == PROPOSED and not waits_for,
        "may_end": appointment.may_end(one, me),
        "evidence_number": one.evidence_number if one.role == "ward_guardian" else None,
    }


def _last_day() -> datetime | None:
    typed = request.form.get("expires_on", "").strip()
    if not typed:
        return None
    try:
        day = date.fromisoformat(typed[:10])
        following = day + timedelta(days=1)
    except (ValueError, OverflowError):
        raise InvalidInput(
            "date_malformed", "Enter a day, for example 2027-03-31", field="expires_on"
        ) from None
    return datetime(following.year, following.month, following.day, tzinfo=age.SHANGHAI)


def _concerns(one: Mandate, person_id: UUID) -> bool:
    if person_id in {one.principal_id, one.holder_id}:
        return True
    # Also what has ended: who runs an enterprise sees what was done in its name.
    return any(managing.manages(person_id, party) is not None for party in (one.principal_id, one.holder_id))


def _name(account_id: UUID) -> str:
    found = accounts.find(account_id)
    name = accounts.name_of(found) if found else ""
    return name or _("closed account")
