from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from idp.accounts import account as accounts
from idp.accounts.account import Account, Person
from idp.db import commit, db
from idp.errors import Conflict, Forbidden, InvalidInput, NotFound
from tests.accounts import crowd

ZHANG = Person(
    "ZhangWei", "张伟", phone="138 0013 8000", gender="male", birthdate="1990-01-02", locale="zh_Hans"
)


def test_an_account_is_found_by_what_a_person_types(context: Flask) -> None:
    made = accounts.create(ZHANG)
    commit()
    db.session.expunge_all()
    for typed in ("zhangwei", " ZHANGWEI", "ｚｈａｎｇｗｅｉ", "13800138000", "+86 138 0013 8000"):
        found = accounts.find_by_identifier(typed)
        assert found is not None
        assert found.id == made.id
    for typed in (
        "",
        "zhangwe",
        "13800138001",
        "' OR 1=1 --",
        "zhangwei\0",
        "\ud800",
        "张伟",
        "x" * 1_000_000,
        "👤",
    ):
        assert accounts.find_by_identifier(typed) is None
    found = accounts.find_by_phone("+8613800138000")
    assert found is not None
    assert found.id == made.id


def test_facts_come_back_as_they_were(context: Flask) -> None:
    made = accounts.create(ZHANG)
    commit()
    db.session.expunge_all()
    account = accounts.get(made.id)
    assert accounts.name_of(account) == "张伟"
    assert accounts.phone_of(account) == "+8613800138000"
    assert accounts.gender_of(account) == "male"
    assert accounts.birthdate_of(account) == "1990-01-02"
    assert account.status == accounts.ACTIVE
    assert account.subject_id != account.id


def test_facts_that_are_not_known_are_none(context: Flask) -> None:
    account = accounts.create(Person("lina", "李娜"))
    assert accounts.phone_of(account) is None
    assert accounts.gender_of(account) is None
    assert accounts.birthdate_of(account) is None


def test_the_database_holds_no_personal_fact_in_clear(context: Flask) -> None:
    accounts.create(ZHANG)
    commit()
    for table in ("accounts", "audit_events"):
        stored = repr(db.session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608 - our own two names
        for secret in ("张伟", "13800138000", "1990-01-02", "'male'"):
            assert secret not in stored


def test_a_sealed_fact_opens_only_in_its_own_row(context: Flask) -> None:
    one = accounts.create(ZHANG)
    other = accounts.create(Person("lina", "李娜"))
    other.name_sealed = one.name_sealed
    with pytest.raises(Exception, match="cannot open"):
        accounts.name_of(other)


@pytest.mark.parametrize("username", ["zhangwei", "phone_index", "username"])
def test_a_user_name_belongs_to_one_account(context: Flask, username: str) -> None:
    accounts.create(replace(ZHANG, username=username))
    commit()
    with pytest.raises(Conflict) as refused:
        accounts.create(Person(username.upper(), "李娜", phone="13900139000"))
    assert (refused.value.code, refused.value.field) == ("username_taken", "username")


def test_a_phone_number_belongs_to_one_account(context: Flask) -> None:
    accounts.create(ZHANG)
    commit()
    with pytest.raises(Conflict) as refused:
        accounts.create(Person("lina", "李娜", phone="+8613800138000"))
    assert (refused.value.code, refused.value.field) == ("phone_taken", "phone")
    # The refusal left the transaction usable.
    accounts.create(Person("lina", "李娜", phone="13900139000"))
    commit()


def test_of_twenty_who_claim_one_user_name_at_once_one_gets_it(rooms: Flask) -> None:
    results = crowd.at_once(
        rooms, lambda number: accounts.create(Person("lina", "李娜", phone=f"139001390{number:02}"))
    )
    assert sum(isinstance(result, Account) for result in results) == 1
    refused = [result for result in results if not isinstance(result, Account)]
    assert {getattr(result, "code", result) for result in refused} == {"username_taken"}


def test_of_twenty_who_claim_one_phone_number_at_once_one_gets_it(rooms: Flask) -> None:
    results = crowd.at_once(
        rooms, lambda number: accounts.create(Person(f"lina{number}", "李娜", phone="13900139000"))
    )
    assert sum(isinstance(result, Account) for result in results) == 1
    refused = [result for result in results if not isinstance(result, Account)]
    assert {getattr(result, "code", result) for result in refused} == {"phone_taken"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"username": "x"}, "username"),
        ({"name": "\0"}, "name"),
        ({"phone": "110"}, "phone"),
        ({"gender": "?"}, "gender"),
        ({"birthdate": "yesterday"}, "birthdate"),
        ({"locale": "tlh"}, "locale"),
    ],
)
def test_a_wrong_fact_is_named(context: Flask, change: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        accounts.create(replace(ZHANG, **change))
    assert refused.value.field == field


def test_an_unknown_account_is_said_to_be_unknown(context: Flask) -> None:
    assert accounts.find(uuid4()) is None
    with pytest.raises(NotFound):
        accounts.get(uuid4())


def test_a_frozen_account_may_not_be_used(context: Flask) -> None:
    account = accounts.create(ZHANG)
    accounts.check_active(account)
    account.status = accounts.FROZEN
    with pytest.raises(Forbidden, match="account_frozen"):
        accounts.check_active(account)
