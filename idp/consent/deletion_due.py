"""Requests for deletion that a relying party does not answer: it is reminded, and in the end the person is told.

Jobs of the worker; each step is written down in the row, so that nothing is said twice.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, select

from idp import clock
from idp.audit import log
from idp.audit.event import EventName
from idp.consent import deletion_request
from idp.consent.deletion_request import DeletionRequest
from idp.db import commit, db

REMIND_DAYS = 10
KEPT_DAYS = 3 * 366
BATCH = 100


def run() -> None:
    """Remind relying parties, and tell people of answers that did not come (a job of the worker)."""
    now = clock.now()
    unreminded = DeletionRequest.reminded_at.is_(None)
    _each(unreminded & (DeletionRequest.asked_at <= now - timedelta(days=REMIND_DAYS)), _remind)
    on_time = DeletionRequest.overdue_at.is_(None)
    _each(on_time & (DeletionRequest.asked_at <= now - timedelta(days=deletion_request.ANSWER_DAYS)), _expire)


def sweep() -> int:
    """Delete some requests that were answered long ago; return how many. The caller commits (a job of the worker)."""
    before = clock.now() - timedelta(days=KEPT_DAYS)
    old = select(DeletionRequest.id).where(DeletionRequest.closed_at < before).limit(BATCH)
    ids = list(db.session.scalars(old))
    if ids:
        db.session.execute(delete(DeletionRequest).where(DeletionRequest.id.in_(ids)))
    return len(ids)


def _each(which: ColumnElement[bool], act: Callable[[DeletionRequest], None]) -> None:
    due = (
        select(DeletionRequest)
        .where(deletion_request.IS_OPEN, which)
        .order_by(DeletionRequest.asked_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    while batch := list(db.session.scalars(due)):
        for request in batch:
            act(request)
        commit()


def _remind(request: DeletionRequest) -> None:
    request.reminded_at = clock.now()
    deletion_request.tell_site(request)


def _expire(request: DeletionRequest) -> None:
    request.overdue_at = clock.now()
    deletion_request.tell_site(request)
    deletion_request.tell_person(request, "deletion_overdue")
    log.record(
        EventName.DELETION_DELAYED,
        account_id=request.account_id,
        client_id=request.client_id,
        request_id=str(request.id),
    )
