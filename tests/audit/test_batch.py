"""Many events at a time: soon, all of them, none dropped."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from idp import logs
from idp.audit import batch
from idp.audit.batch import BatchWriter
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.db import db
from idp.errors import Unavailable
from tests.ground import close, make_app
from tests.waiting import eventually


@pytest.fixture
def writer(app: Flask) -> Iterator[BatchWriter]:
    made = BatchWriter(app.app_context)
    yield made
    made.close()


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0


def test_an_event_is_written_within_a_second(app: Flask, writer: BatchWriter) -> None:
    with logs.bind_trace("trace-1"):
        writer.enqueue(EventName.TOKEN_ISSUED, client_id="city-fund", grant="client_credentials")
    eventually(lambda: count(app) == 1, 3)
    with app.app_context():
        event = db.session.scalars(select(AuditEvent)).one()
    assert (event.name, event.client_id, event.trace_id) == ("token.issued", "city-fund", "trace-1")
    assert event.data == {"grant": "client_credentials"}


def test_a_flush_waits_for_all(app: Flask, writer: BatchWriter) -> None:
    for _ in range(1700):
        writer.enqueue(EventName.TOKEN_ISSUED)
    assert writer.flush()
    assert count(app) == 1700
    assert writer.flush()


def test_closing_writes_what_waits(app: Flask) -> None:
    writer = BatchWriter(app.app_context)
    for _ in range(30):
        writer.enqueue(EventName.TOKEN_INTROSPECTED)
    assert writer.close()
    assert count(app) == 30
    assert BatchWriter(app.app_context).close()


def test_a_database_that_is_away_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "RETRY", 0.05)
    monkeypatch.setattr(batch, "PATIENCE", 0.2)
    monkeypatch.setattr(batch, "CAPACITY", 20)
    app = make_app(f"sqlite:///{tmp_path / 'main.sqlite3'}")
    writer = BatchWriter(app.app_context)
    with app.app_context():
        db.session.execute(text("ALTER TABLE audit_events RENAME TO audit_gone"))
        db.session.commit()
    for _ in range(20):
        writer.enqueue(EventName.TOKEN_ISSUED)
    with pytest.raises(Unavailable) as caught:
        writer.enqueue(EventName.TOKEN_ISSUED)
    assert caught.value.retry_after
    assert writer.flush(0.2) is False
    with app.app_context():
        db.session.execute(text("ALTER TABLE audit_gone RENAME TO audit_events"))
        db.session.commit()
    assert writer.flush()
    assert count(app) == 20
    with app.app_context():
        db.session.execute(text("DROP TABLE audit_events"))
        db.session.commit()
    writer.enqueue(EventName.TOKEN_ISSUED)
    assert writer.close(0.2) is False
    close(app)
