"""Signals as rows of the outbox: in the transaction of their cause, without personal facts."""

from flask import Flask
from sqlalchemy import select

from idp.db import commit, db
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from idp.outbox.signal import Signal
from idp.uuid7 import uuid7


def test_a_signal_stands_with_its_cause(app: Flask) -> None:
    account_id = uuid7()
    with app.app_context():
        signal.add(Signal.CONSENT_WITHDRAWN, account_id, client_id="city-fund", items=["phone_number"])
        commit()
        (row,) = db.session.scalars(select(OutboxMessage))
        assert (row.kind, row.account_id, row.receiver) == (signal.KIND, account_id, "")
        assert row.payload == {
            "signal": "consent_withdrawn",
            "client_id": "city-fund",
            "data": {"items": ["phone_number"]},
        }


def test_a_signal_falls_with_its_cause(app: Flask) -> None:
    with app.app_context():
        signal.add(Signal.ACCOUNT_DISABLED, uuid7(), reason="frozen")
        db.session.rollback()
        assert db.session.scalars(select(OutboxMessage)).all() == []
