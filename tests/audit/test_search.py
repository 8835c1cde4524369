"""Operators look events up."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from idp import clock
from idp.audit import chain, log, search
from idp.audit.event import EventName
from idp.db import commit

ACCOUNT = UUID(int=1)


@pytest.fixture(autouse=True)
def _events(app: Flask) -> None:
    with app.app_context():
        for number in range(7):
            log.record(
                EventName.SESSION_STARTED if number % 2 else EventName.SESSION_ENDED,
                account_id=ACCOUNT if number < 4 else UUID(int=2),
                client_id="city-fund" if number == 6 else None,
                number=number,
            )
        commit()


def test_by_what_one_knows_newest_first(app: Flask) -> None:
    with app.app_context():
        assert [event.data["number"] for event in search.find()] == [6, 5, 4, 3, 2, 1, 0]
        assert [event.data["number"] for event in search.find(account_id=ACCOUNT)] == [3, 2, 1, 0]
        assert [event.data["number"] for event in search.find(client_id="city-fund")] == [6]
        assert [event.data["number"] for event in search.find(name="session.started")] == [5, 3, 1]
        assert search.find(since=clock.now() + timedelta(minutes=1)) == []
        assert search.find(until=clock.now() - timedelta(minutes=1)) == []
        assert len(search.find(since=clock.now() - timedelta(minutes=1), until=clock.now())) == 7


def test_in_pages(app: Flask) -> None:
    with app.app_context():
        first = search.find(limit=5)
        second = search.find(limit=5, before=first[-1].id)
        assert [event.data["number"] for event in second] == [1, 0]


def test_everything_for_an_export(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 3)
    with app.app_context():
        chain.seal(lambda statement: statement.hex())
        exported = [search.as_json(event) for event in search.everything()]
    assert [event["data"]["number"] for event in exported] == [0, 1, 2, 3, 4, 5, 6]
    assert [event["chain_position"] for event in exported] == [1, 2, 3, 4, 5, 6, 7]
    assert exported[6]["account_id"] == str(UUID(int=2))
    assert len(exported[0]["chain_hash"]) == 64
