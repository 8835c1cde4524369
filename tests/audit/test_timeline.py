"""One person's events, newest first."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from idp import clock
from idp.audit import log, timeline
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.audit.timeline_kind import Kind
from idp.db import commit, db

ME, OTHER = UUID(int=1), UUID(int=2)
SESSION, LATER_SESSION = UUID(int=11), UUID(int=12)
CITY = "city-fund"


def happened(name: EventName, **values: object) -> None:
    log.record(name, **({"account_id": ME} | values))  # type: ignore[arg-type]


def names(page: timeline.Page) -> list[str]:
    return [entry.event.name for entry in page.entries]


def test_what_concerns_me_newest_first_and_nothing_else(app: Flask) -> None:
    with app.app_context():
        happened(EventName.SESSION_STARTED)
        happened(EventName.SESSION_STARTED, account_id=OTHER)
        happened(EventName.NOTICE_DELIVERED)
        happened(EventName.LOGIN_FAILED)
        commit()
        assert names(timeline.page(ME)) == ["login.failed", "session.started"]
        assert names(timeline.page(ME, kind=Kind.FAILED)) == ["login.failed"]
        assert names(timeline.page(ME, kind=Kind.MANDATE)) == []
        assert timeline.page(ME).older is None


def test_pages_follow_one_another_without_gap_or_repetition(app: Flask) -> None:
    with app.app_context():
        for number in range(7):
            happened(EventName.PASSKEY_ADDED, number=number)
        commit()
        seen: list[int] = []
        before: UUID | None = None
        for _turn in range(4):
            page = timeline.page(ME, before=before, limit=2)
            seen += [entry.event.data["number"] for entry in page.entries]
            before = page.older
        assert seen == [6, 5, 4, 3, 2, 1, 0]
        assert before is None


def test_what_a_site_fetched_belongs_to_the_login(app: Flask) -> None:
    with app.app_context():
        happened(EventName.CODE_ISSUED, client_id=CITY, session_id=SESSION, items=["name"])
        happened(EventName.PASSWORD_CHANGED)
        happened(EventName.CLAIMS_RELEASED, client_id=CITY, session_id=SESSION, claims=["sub", "name"])
        happened(EventName.CLAIMS_RELEASED, client_id="county-registry", session_id=SESSION, claims=["sub"])
        commit()
        entries = timeline.page(ME).entries
        assert [entry.event.name for entry in entries] == [
            "claims.released",
            "password.changed",
            "code.issued",
        ]
        assert entries[2].claims == {"sub", "name"}
        assert entries[0].event.client_id == "county-registry"


def test_what_a_site_fetches_later_stands_alone(app: Flask) -> None:
    with app.app_context():
        happened(EventName.CODE_ISSUED, client_id=CITY, session_id=SESSION)
        happened(EventName.CLAIMS_RELEASED, client_id=CITY, session_id=SESSION, claims=["phone_number"])
        commit()
        fetched = db.session.query(AuditEvent).filter_by(name="claims.released").one()
        fetched.at = clock.now() + timedelta(hours=2)
        commit()
        assert names(timeline.page(ME)) == ["claims.released", "code.issued"]


def test_the_same_again_is_counted(app: Flask) -> None:
    with app.app_context():
        for session in (SESSION, LATER_SESSION, SESSION):
            happened(EventName.CODE_ISSUED, client_id=CITY, session_id=session, items=["name"])
        happened(EventName.CODE_ISSUED, client_id=CITY, session_id=SESSION, items=["name", "phone_number"])
        commit()
        assert [entry.times for entry in timeline.page(ME).entries] == [1, 3]


def test_the_same_on_another_day_is_another_entry(app: Flask) -> None:
    with app.app_context():
        happened(EventName.LOGIN_FAILED, device="Firefox · Linux")
        happened(EventName.LOGIN_FAILED, device="Firefox · Linux")
        commit()
        first = db.session.query(AuditEvent).order_by(AuditEvent.id).first()
        assert first is not None
        first.at = clock.now() - timedelta(days=2)
        commit()
        assert [entry.times for entry in timeline.page(ME).entries] == [1, 1]


def test_two_logins_are_two_however_alike(app: Flask) -> None:
    with app.app_context():
        happened(EventName.SESSION_STARTED, device="Firefox · Linux")
        happened(EventName.SESSION_STARTED, device="Firefox · Linux")
        commit()
        assert [entry.times for entry in timeline.page(ME).entries] == [1, 1]


def test_nobody_finds_an_event_of_somebody_else(app: Flask) -> None:
    with app.app_context():
        happened(EventName.SESSION_STARTED)
        happened(EventName.NOTICE_DELIVERED)
        commit()
        shown, hidden = db.session.query(AuditEvent).order_by(AuditEvent.id).all()
        assert timeline.find(ME, shown.id) is shown
        assert timeline.find(OTHER, shown.id) is None
        assert timeline.find(ME, hidden.id) is None
        assert timeline.find(ME, UUID(int=5)) is None


@pytest.mark.parametrize("count", [0, 1, 500, 1001])
def test_everything_is_given_in_batches(app: Flask, count: int) -> None:
    with app.app_context():
        db.session.add_all(
            AuditEvent(
                **log.row(
                    EventName.PASSKEY_ADDED,
                    account_id=ME,
                    client_id=None,
                    session_id=None,
                    actor=None,
                    data={"number": number},
                )
            )
            for number in range(count)
        )
        commit()
        given = [event.data["number"] for event in timeline.everything(ME)]
        assert given == list(range(count - 1, -1, -1))
