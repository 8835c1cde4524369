"""The index of served items follows every change of a registration, in the same transaction."""

from flask import Flask

from idp.db import commit, db
from idp.relying_parties import registration, served_item
from idp.relying_parties.served_item import ServedItem
from tests.relying_parties.documents import web

COUNTY, CITY = "330106", "330100"


def served() -> list[tuple[str, str, str]]:
    rows = db.session.query(ServedItem).order_by(ServedItem.item_code, ServedItem.division_code)
    return [(row.item_code, row.division_code, row.client_id) for row in rows]


def document(**changes: object) -> dict[str, object]:
    given = {
        "item_codes": ["a", "b"],
        "division_code": COUNTY,
        "initiate_login_uri": "https://fund.example.gov.cn/login",
    }
    return web(**(given | changes))


def test_registering_changing_stopping_and_removing(app: Flask) -> None:
    registration.create(document())
    commit()
    assert served() == [("a", COUNTY, "housing-fund"), ("b", COUNTY, "housing-fund")]
    registration.update("housing-fund", {"item_codes": ["b", "c"], "division_code": CITY})
    commit()
    assert served() == [("b", CITY, "housing-fund"), ("c", CITY, "housing-fund")]
    registration.set_active("housing-fund", active=False)
    commit()
    assert served() == []
    registration.set_active("housing-fund", active=True)
    commit()
    assert served() == [("b", CITY, "housing-fund"), ("c", CITY, "housing-fund")]
    registration.delete("housing-fund")
    commit()
    assert served() == []


def test_a_change_while_it_is_stopped_does_not_bring_it_back(app: Flask) -> None:
    registration.create(document())
    registration.set_active("housing-fund", active=False)
    registration.update("housing-fund", {"item_codes": ["b"]})
    commit()
    assert served() == []


def test_nothing_stands_before_the_commit(app: Flask) -> None:
    registration.create(document())
    db.session.rollback()
    assert served() == []


def test_without_an_address_nobody_is_sent_there(app: Flask) -> None:
    registration.create(document(initiate_login_uri=None))
    assert served() == []
    registration.update("housing-fund", {"client_uri": "https://fund.example.gov.cn/"})
    found = served_item.find("a", COUNTY)
    assert found is not None
    assert (found.address, found.starts_login) == ("https://fund.example.gov.cn/", False)


def test_its_names_are_kept_in_every_language(app: Flask) -> None:
    registration.create(document(**{"client_name#en": "Housing fund", "client_name#zh-Hans": "住房公积金"}))
    found = served_item.find("a", COUNTY)
    assert found is not None
    assert (found.name("en"), found.name("zh_Hans")) == ("Housing fund", "住房公积金")


def test_where_a_service_may_lie() -> None:
    assert served_item.reach("330106") == ("330106", "330100", "330000", "")
    # Counties of Beijing hang under it at once, and what no list has has nothing above it.
    assert served_item.reach("110105") == ("110105", "110000", "")
    assert served_item.reach("999999") == ("999999", "")
    assert served_item.reach("") == ("",)
