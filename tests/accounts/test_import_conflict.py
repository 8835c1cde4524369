"""Where imported rows meet each other or accounts that exist: said, and never joined."""

import json
from typing import Any

from flask import Flask

from idp.accounts import account as accounts
from idp.accounts import identity as identities
from idp.accounts import importing
from idp.accounts.account import Account, Person
from idp.accounts.import_conflict import Problem
from idp.db import commit, db

NUMBER, OTHER = "11010519491231002X", "440524188001010014"


def problems(*rows: dict[str, Any]) -> list[Problem]:
    return importing.check(importing.read(json.dumps(rows).encode()))[1]


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {"username": f"legacy{number}", "name": f"张{number}三"} | changes


def test_an_account_that_exists_is_named_by_its_id_only(context: Flask) -> None:
    known = accounts.create(Person("taken", "甲", phone="13700137000"))
    identities.bind(known, identities.parse("citizen_id", NUMBER))
    commit()
    found = problems(
        row(1, username="Taken"),
        row(2, phone="137 0013 7000"),
        row(3, identity_number=NUMBER.lower()),
        row(4, name="甲"),
    )
    assert [(one.row, one.field, one.kind) for one in found] == [
        (1, "username", "taken"),
        (2, "phone", "taken"),
        (3, "identity_number", "taken"),
    ], "the same name is no conflict"
    assert {one.account_id for one in found} == {str(known.id)}
    said = json.dumps([one.__dict__ for one in found], ensure_ascii=False)
    for personal in ("137", NUMBER, "甲"):
        assert personal not in said


def test_rows_that_meet_each_other_are_told_apart(context: Flask) -> None:
    found = problems(
        row(1, phone="13700137001", identity_number=OTHER, legacy_id="A"),
        row(2, phone="+8613700137001"),
        row(3, identity_number=OTHER),
        row(4, legacy_id="A"),
        row(1),
    )
    assert [(one.row, one.field, one.kind, one.row_before) for one in found] == [
        (2, "phone", "repeated", 1),
        (3, "identity_number", "repeated", 1),
        (4, "legacy_id", "repeated", 1),
        (5, "username", "repeated", 1),
    ]


def test_a_number_of_a_closed_account_is_free(context: Flask) -> None:
    known = accounts.create(Person("taken", "甲"))
    identities.bind(known, identities.parse("citizen_id", NUMBER))
    identities.close(known)
    commit()
    assert not problems(row(1, identity_number=NUMBER))


def test_a_number_that_cannot_be_is_refused(context: Flask) -> None:
    for wrong in ("110105194912310021", "1", "x" * 500):
        (problem,) = problems(row(1, identity_number=wrong))
        assert (problem.field, problem.kind) == ("identity_number", "invalid")


def test_a_number_is_compared_and_never_kept(context: Flask) -> None:
    rows, found = importing.check(importing.read(json.dumps([row(1, identity_number=NUMBER)]).encode()))
    assert not found
    assert NUMBER not in repr(rows)
    importing.create(rows, lambda account, row: None)
    commit()
    account = db.session.query(Account).filter_by(username="legacy1").one()
    assert account.identity_sealed is None
    assert account.standing == []
