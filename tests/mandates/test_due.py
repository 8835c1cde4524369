"""What the worker does by date, in batches, once."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from idp.accounts import notice
from idp.accounts.account import Account
from idp.db import commit, db
from idp.mandates import appointment, due, ending
from idp.mandates.decision import ENDED
from idp.mandates.mandate import Mandate
from idp.mandates.terms import Terms
from idp.outbox.message import OutboxMessage
from tests.mandates.conftest import MakePerson
from tests.mandates.test_appointment import at_once

Later = Callable[[timedelta], None]
DAY = timedelta(days=1)


def test_a_mandate_is_announced_a_week_before_and_ended_on_its_date(
    wangfang: Account, enterprise: Account, person: MakePerson, later: Later
) -> None:
    zhaoqiang = person("赵强")
    made = appointment.appoint(wangfang.id, enterprise, zhaoqiang, Terms("handler", ("tax",)))
    appointment.confirm(made, zhaoqiang.id)
    commit()
    later(22 * DAY)
    assert due.run() == 0
    later(2 * DAY)
    assert due.run() == 1
    assert notice.recent(zhaoqiang.id)[0].name == "mandate_ends_soon"
    assert due.run() == 0
    later(6 * DAY)
    assert due.run() == 1
    db.session.refresh(made)
    assert (made.status, made.end_reason) == (ENDED, ending.EXPIRED)
    kinds = [row.kind for row in db.session.scalars(select(OutboxMessage))]
    assert kinds.count(ending.KIND) == 1


def test_an_invitation_that_nobody_took_ends(
    wangfang: Account, enterprise: Account, person: MakePerson, later: Later
) -> None:
    made = appointment.appoint(wangfang.id, enterprise, person("赵强"), Terms("administrator"))
    commit()
    later(13 * DAY)
    assert due.run() == 0
    later(DAY)
    assert due.run() == 1
    db.session.refresh(made)
    assert made.end_reason == ending.NOT_CONFIRMED


def test_two_workers_share_what_is_due(
    context: Flask, wangfang: Account, enterprise: Account, person: MakePerson, later: Later
) -> None:
    for number in range(7):
        appointment.appoint(wangfang.id, enterprise, person(f"经办{number}"), Terms("handler"))
    commit()
    later(15 * DAY)
    due.BATCH, before = 2, due.BATCH
    try:
        assert at_once(context, due.run, due.run) == ["done", "done"]
    finally:
        due.BATCH = before
    db.session.expire_all()
    ended = db.session.scalars(select(Mandate.id).where(Mandate.end_reason == ending.NOT_CONFIRMED)).all()
    messages = [row.kind for row in db.session.scalars(select(OutboxMessage))]
    assert (len(ended), messages.count(ending.KIND)) == (7, 7)
