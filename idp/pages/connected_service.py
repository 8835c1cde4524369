"""One connected service: each item it gets, taking back in one press, asking it to delete, what it answered.

Taking back takes no more steps than giving (PIPL art. 15): this page, and one button. Asking to delete is PIPL
art. 47.
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from idp import clock, signed_in
from idp.accounts import account as accounts
from idp.consent import consent_record, deletion_request, event, kept_receipt
from idp.consent.consent_record import ConsentRecord
from idp.consent.event import ConsentEvent
from idp.db import commit, db
from idp.errors import Conflict, NotFound
from idp.pages import serving
from idp.pages.serving import SERVICES, Whose
from idp.shared_signals import progress
from idp.tokens import consent_withdrawal

blueprint = Blueprint("connected_service", __name__)
blueprint.before_request(serving.require)

HERE = f"{SERVICES}/<path:client_id>"
HISTORY = 20
LONGEST_ID = 255


@blueprint.get(HERE, merge_slashes=False)
def connected_service(client_id: str) -> str:
    """Show it."""
    about, record = _record(client_id)
    events = event.of_record(about.account.id, record.record_id)
    now, path = clock.now(), f"{SERVICES}/{quote(client_id, safe='')}"
    return signed_in.page(
        "account/service.html",
        site=serving.site_of(client_id),
        about_name=accounts.name_of(about.account) if about.is_other else None,
        state=record.state(now),
        since=record.given_at,
        until=record.expires_at,
        ended_at=_ended_at(record, now),
        held=serving.held_items(record, events),
        by_law=serving.items_by_law(record, events),
        taken_back=_taken_back(record, events),
        withdrawal=_withdrawal(about, events),
        deletion=_deletion(about, client_id),
        history=[_line(one, about) for one in reversed(events) if _is_told(one)][:HISTORY],
        withdraw_action=about.url(f"{path}/withdraw"),
        delete_action=about.url(f"{path}/delete"),
        again_url=about.url(path),
        back_url=about.url(SERVICES),
    )


@blueprint.post(f"{HERE}/withdraw", merge_slashes=False)
def withdraw(client_id: str) -> BaseResponse:
    """Take back the item that is named, or everything; twice does no harm."""
    about, _row = _record(client_id)
    items = request.form.getlist("item") or None
    try:
        done = consent_withdrawal.withdraw(
            about.account, client_id, by=about.acting.account_id, items=items, acting=about.acting
        )
    except Conflict:
        # Pressed twice, or it ran out meanwhile: nothing is shared, as was wished.
        db.session.rollback()
        return _back(about, client_id, _("This is not shared any more"))
    commit()
    consent_withdrawal.forget(done)
    said = (
        _("Done. Nothing more is shared with it.") if done.whole else _("Done. This is not shared any more.")
    )
    return _back(about, client_id, said)


@blueprint.post(f"{HERE}/delete", merge_slashes=False)
def delete(client_id: str) -> BaseResponse:
    """Ask the service to delete what it holds; asking twice is asking once."""
    about, _row = _record(client_id)
    try:
        deletion_request.ask(about.account, client_id, about.acting.account_id)
    except Conflict:
        db.session.rollback()
        return _back(about, client_id, _("It has just answered"))
    commit()
    return _back(about, client_id, _("Asked. You see the answer here, and we tell you."))


def _record(client_id: str) -> tuple[Whose, ConsentRecord]:
    about = serving.whose()
    # What no database can hold names no service.
    is_name = client_id.isprintable() and len(client_id) <= LONGEST_ID
    record = consent_record.find_row(about.account.id, client_id) if is_name else None
    if record is None:
        raise NotFound("not_found", detail=client_id[:40])
    return about, record


def _back(about: Whose, client_id: str, said: str) -> BaseResponse:
    return signed_in.go(about.url(f"{SERVICES}/{quote(client_id, safe='')}"), said)


def _ended_at(record: ConsentRecord, now: datetime) -> datetime:
    if record.state(now) == consent_record.REFUSED:
        return record.refused_at or record.withdrawn_at or record.expires_at
    return record.withdrawn_at or record.expires_at


def _taken_back(record: ConsentRecord, events: list[ConsentEvent]) -> list[str]:
    """Return what somebody took back, whoever it was, and nobody gave again."""
    once = {name for one in events if one.name == event.WITHDRAWN for name in one.items}
    return sorted((once | set(record.withdrawn_items)) - {*record.items, *record.by_law})


def _withdrawal(about: Whose, events: list[ConsentEvent]) -> dict[str, Any] | None:
    """Return the last time that something was taken back, and whether the service knows."""
    last = next((one for one in reversed(events) if one.name == event.WITHDRAWN), None)
    if last is None:
        return None
    come = progress.of_reference(about.account.id, str(last.id))
    return {"at": last.at, "items": last.items, "state": come.state, "state_at": come.at}


def _deletion(about: Whose, client_id: str) -> dict[str, Any] | None:
    found = deletion_request.of_account(about.account.id, client_id=client_id, limit=1)
    if not found:
        return None
    last = found[0]
    come = progress.of_reference(about.account.id, str(last.id))
    return {
        "asked_at": last.asked_at,
        "status": last.status,
        "reason": last.reason,
        "answered_at": last.answered_at,
        "answer_by": last.answer_by,
        "is_open": last.is_open,
        "is_overdue": last.overdue_at is not None,
        "state": come.state,
    }


def _is_told(one: ConsentEvent) -> bool:
    return one.name != event.SEPARATE_GIVEN


def _line(one: ConsentEvent, about: Whose) -> dict[str, Any]:
    return {
        "name": one.name,
        "actor": one.actor_kind,
        "at": one.at,
        "items": kept_receipt.items_of(one),
        "receipt_url": about.url(f"/account/receipts/{one.record_id}/{one.number}")
        if kept_receipt.has_one(one)
        else None,
    }
