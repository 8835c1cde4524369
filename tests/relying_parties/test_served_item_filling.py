"""Those registered before there was an index come into it, once."""

import pytest
from flask import Flask
from sqlalchemy import delete

from idp.db import commit, db
from idp.relying_parties import registration, relying_party_row, served_item_filling
from idp.relying_parties.served_item import ServedItem
from tests.relying_parties.documents import web


def count() -> int:
    return db.session.query(ServedItem).count()


def test_everybody_is_indexed_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        registration.create(
            web(
                client_id=f"rp{number}",
                item_codes=["a"],
                initiate_login_uri="https://fund.example.gov.cn/login",
            )
        )
    registration.set_active("rp4", active=False)
    db.session.execute(delete(ServedItem))
    commit()
    monkeypatch.setattr(served_item_filling, "CHUNK", 2)
    served_item_filling.fill()
    assert count() == 4
    db.session.execute(delete(ServedItem))
    commit()
    served_item_filling.fill()
    assert count() == 0


def test_a_crash_halfway_is_made_up_for(app: Flask) -> None:
    registration.create(web(item_codes=["a"], initiate_login_uri="https://fund.example.gov.cn/login"))
    db.session.execute(delete(ServedItem))
    commit()
    row = relying_party_row.find("housing-fund")
    assert row is not None
    served_item_filling.index(row)
    db.session.rollback()
    assert count() == 0
    served_item_filling.fill()
    assert count() == 1


def test_what_breaks_todays_rules_is_not_served(app: Flask) -> None:
    registration.create(web(item_codes=["a"], initiate_login_uri="https://fund.example.gov.cn/login"))
    row = relying_party_row.find("housing-fund")
    assert row is not None
    row.given = row.given | {"redirect_uris": ["http://plain.example/"]}
    served_item_filling.index(row)
    assert count() == 0
