"""Audit events: in the transaction of the change, without secrets."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from idp import logs
from idp.audit import log
from idp.audit.event import EventName
from idp.audit.log import AuditEvent
from idp.db import commit, db


def written() -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_an_event_stands_exactly_when_its_change_stands(app: Flask) -> None:
    account_id, session_id = uuid4(), uuid4()
    with app.app_context():
        log.record(EventName.PASSWORD_CHANGED, account_id=account_id)
        db.session.rollback()
        with logs.bind_trace("trace-1"):
            log.record(
                EventName.SESSION_STARTED,
                account_id=account_id,
                client_id="city-fund",
                session_id=session_id,
                methods=["pwd", "otp"],
                fresh=True,
                nothing=None,
            )
        commit()
    with app.app_context():
        (event,) = written()
    assert event.name == "session.started"
    assert (event.account_id, event.client_id, event.session_id) == (account_id, "city-fund", session_id)
    assert (event.trace_id, event.actor) == ("trace-1", None)
    assert event.data == {"methods": ["pwd", "otp"], "fresh": True}
    assert (event.chain_position, event.chain_hash) == (None, None)


def test_who_acts_for_another_is_named(app: Flask) -> None:
    with app.app_context():
        with log.acting("operator:root"):
            log.record(EventName.RELYING_PARTY_CREATED, client_id="city-fund")
            log.record(EventName.ACCOUNT_CREATED, actor="import")
        log.record(EventName.LOGIN_FAILED)
        assert [event.actor for event in written()] == ["operator:root", "import", None]


@pytest.mark.parametrize(
    "name", ["password", "phone", "code", "name", "refresh_token", "id_number", "username"]
)
def test_what_sounds_secret_is_blinded(app: Flask, name: str) -> None:
    with app.app_context():
        data: dict[str, Any] = {name: "13800138000", "inner": {name: ["x"]}}
        log.record(EventName.LOGIN_FAILED, **data)
        (event,) = written()
        assert event.data == {name: "[hidden]", "inner": {name: "[hidden]"}}


def test_numbers_of_people_in_a_reason_are_blinded(app: Flask) -> None:
    with app.app_context():
        log.record(
            EventName.CONSOLE_VIEWED, reason="来电核实 13800138000，证件 11010519491231002X，案件 330106"
        )
        (event,) = written()
        assert event.data == {"reason": "来电核实 [hidden]，证件 [hidden]，案件 330106"}


def test_ids_and_digests_stay(app: Flask) -> None:
    device = UUID(int=7)
    with app.app_context():
        log.record(
            EventName.DEVICE_REMEMBERED,
            device_id=device,
            identifier_digest=b"\x01\x02",
            items={"phone", "name"},
            places=(1, None),
        )
        (event,) = written()
        assert event.data == {
            "device_id": str(device),
            "identifier_digest": "0102",
            "items": ["name", "phone"],
            "places": [1, None],
        }


def test_what_no_database_can_hold_does_not_make_an_event_fail(app: Flask) -> None:
    with app.app_context():
        log.record(
            EventName.LOGIN_FAILED, client_id="a\0b\udcff" * 200, actor="x\0", reason="y\0\udcff" + "z" * 900
        )
        commit()
    with app.app_context():
        (event,) = written()
        assert event.client_id is not None
        assert event.client_id.startswith("a?b?")
        assert len(event.client_id) == 200
        assert len(event.data["reason"]) == 200


def test_names_are_a_noun_and_what_befell_it() -> None:
    for name in EventName:
        noun, _, verb = name.value.partition(".")
        assert noun
        assert verb
        assert name.name.lower() == f"{noun}_{verb}"
    assert [name.name for name in EventName] == sorted(name.name for name in EventName)
