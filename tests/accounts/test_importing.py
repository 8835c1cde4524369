import json
from typing import Any

import pytest
from flask import Flask

from idp.accounts import account as accounts
from idp.accounts import importing
from idp.accounts.account import Account, Person
from idp.accounts.importing import Row
from idp.db import commit
from idp.errors import InvalidInput


def as_json(*rows: Any) -> bytes:
    return json.dumps(rows, ensure_ascii=False).encode()


def problems(content: bytes) -> list[str]:
    return [str(problem) for problem in importing.check(importing.read(content))[1]]


def test_people_are_imported_from_json(context: Flask) -> None:
    content = as_json(
        {"username": "zhangwei", "name": "张伟", "phone": "13800138000", "password": "Tongxing-demo-2026"},
        {"username": "lina", "name": "李娜", "totp_secret": "JBSWY3DPEHPK3PXP"},
    )
    rows, found = importing.check(importing.read(content))
    assert not found
    signing_in: list[tuple[str | None, str | None, str | None]] = []

    def sign_in_with(account: Account, row: Row) -> None:
        signing_in.append((account.username, row.password, row.totp_secret))

    importing.create(rows, sign_in_with, actor="operator:test")
    commit()
    assert signing_in == [("zhangwei", "Tongxing-demo-2026", None), ("lina", None, "JBSWY3DPEHPK3PXP")]
    account = accounts.find_by_identifier("13800138000")
    assert account is not None
    assert accounts.name_of(account) == "张伟"


def test_people_are_imported_from_csv_with_a_byte_order_mark(context: Flask) -> None:
    content = '\ufeffusername,name,phone\r\nzhangwei,张伟,13800138000\r\n"lina",李娜,\r\n'.encode()
    rows, found = importing.check(importing.read(content))
    assert not found
    assert [(row.number, row.person.username, row.person.phone) for row in rows] == [
        (1, "zhangwei", "+8613800138000"),
        (2, "lina", None),
    ]


def test_every_bad_row_is_reported_with_all_its_reasons(context: Flask) -> None:
    accounts.create(Person("taken", "甲", phone="13700137000"))
    commit()
    content = as_json(
        {"username": "good", "name": "好"},
        {"username": "x", "name": "", "phone": "110"},
        {"name": "李娜"},
        {"username": "lina", "name": 7, "colour": "red"},
        "lina",
        {"username": "GOOD", "name": "好"},
        {"username": "taken", "name": "乙", "phone": "+86 137 0013 7000"},
        None,
    )
    assert problems(content) == [
        "row 2: username: Choose a user name of 4 to 32 letters, digits, dots, hyphens or underscores",
        "row 2: name: Enter your name",
        "row 2: phone: Enter a phone number, for example 138 0013 8000",
        "row 3: username: missing",
        "row 4: colour: unknown field",
        "row 4: name: must be text",
        "row 5: must be an object",
        "row 6: username: the same as in row 1",
        "row 7: username: an account has it already",
        "row 7: phone: an account has it already",
        "row 8: must be an object",
    ]
    good, _ = importing.check(importing.read(content))
    assert [row.number for row in good] == [1]


def test_ways_of_signing_in_are_checked_by_the_caller(context: Flask) -> None:
    def refuse(row: Row) -> None:
        raise InvalidInput("password_too_short", "too short", field="password")

    good, found = importing.check([{"username": "lina", "name": "李娜", "password": "1"}], refuse)
    assert not good
    assert [str(problem) for problem in found] == ["row 1: password: too short"]


def test_many_rows_are_checked_in_few_queries(context: Flask) -> None:
    rows = [{"username": f"user{n:05}", "name": "甲", "phone": str(13_800_000_000 + n)} for n in range(1200)]
    good, found = importing.check(rows)
    assert (len(good), found) == (1200, [])


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"[",
        b"{}",
        b"",
        b"a,b\n1,2\n",
        b"[" * 100_000,
        b"[" + b"9" * 10_000 + b"]",
        b'username,name\n"open,x\n',
        b"username,name\n" + b"x" * 200_000 + b",y\n",
    ],
)
def test_a_file_that_cannot_be_read_is_refused(context: Flask, content: bytes) -> None:
    with pytest.raises(InvalidInput) as refused:
        importing.read(content)
    assert refused.value.code == "file_malformed"


def test_rows_of_csv_with_too_many_or_too_few_columns_are_reported(context: Flask) -> None:
    assert problems(b"username,name\nlina\nzhangwei,Zhang,13800138000\n") == [
        "row 1: name: missing",
        "row 2: None: unknown field",
    ]


def test_secrets_do_not_show_in_a_rows_text() -> None:
    row = Row(1, Person("lina", "李娜"), password="hunter2hunter2", totp_secret="JBSWY3DPEHPK3PXP")
    assert "hunter2" not in repr(row)
    assert "JBSW" not in repr(row)
