import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from idp.authenticators import recovery_code
from idp.db import commit, db
from idp.errors import InvalidInput, TooMany
from tests.accounts import crowd

DEVICE = "browser"


def test_each_code_of_the_sheet_works_once(context: Flask, account_id: UUID) -> None:
    codes = recovery_code.create(account_id)
    commit()
    assert len(set(codes)) == recovery_code.COUNT
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code) for code in codes)
    for used, code in enumerate(codes, start=1):
        recovery_code.check(account_id, code, device=DEVICE)
        commit()
        assert recovery_code.count_left(account_id) == recovery_code.COUNT - used
        with pytest.raises(InvalidInput):
            recovery_code.check(account_id, code, device=DEVICE)
        commit()


def test_codes_are_read_kindly(context: Flask, account_id: UUID) -> None:
    code = recovery_code.create(account_id)[0]
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    recovery_code.check(account_id, f" {typed} ", device=DEVICE)


def test_a_new_sheet_voids_the_old_one(context: Flask, account_id: UUID) -> None:
    old = recovery_code.create(account_id)
    new = recovery_code.create(account_id)
    with pytest.raises(InvalidInput):
        recovery_code.check(account_id, old[0], device=DEVICE)
    recovery_code.check(account_id, new[0], device=DEVICE)
    recovery_code.remove(account_id)
    assert recovery_code.count_left(account_id) == 0


def test_a_code_is_its_accounts_alone(context: Flask, account_id: UUID) -> None:
    code = recovery_code.create(account_id)[0]
    with pytest.raises(InvalidInput):
        recovery_code.check(uuid4(), code, device=DEVICE)


@pytest.mark.parametrize(
    "code", ["", "-", "0000-0000-0000", "U" * 12, "\0" * 12, "🎫", "\ud800", "A" * 1_000_000]
)
def test_what_is_no_code_is_wrong(context: Flask, account_id: UUID, code: str) -> None:
    recovery_code.create(account_id)
    with pytest.raises(InvalidInput) as refused:
        recovery_code.check(account_id, code, device=DEVICE)
    assert (refused.value.code, refused.value.field) == ("code_wrong", "code")


def test_guessing_is_stopped(context: Flask, account_id: UUID) -> None:
    codes = recovery_code.create(account_id)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            recovery_code.check(account_id, "0000-0000-0000", device=DEVICE)
    with pytest.raises(TooMany):
        recovery_code.check(account_id, codes[0], device=DEVICE)


def test_one_code_sent_twenty_times_at_once_gets_one_in(rooms: Flask, account_id: UUID) -> None:
    with rooms.app_context():
        code = recovery_code.create(account_id)[0]
        commit()
    results = crowd.at_once(rooms, lambda _: recovery_code.check(account_id, code, device=DEVICE))
    assert results.count(None) == 1
    assert {type(result) for result in results if result is not None} <= {InvalidInput, TooMany}
    with rooms.app_context():
        assert recovery_code.count_left(account_id) == recovery_code.COUNT - 1


def test_the_database_holds_no_code(context: Flask, account_id: UUID) -> None:
    codes = recovery_code.create(account_id)
    commit()
    stored = repr(db.session.execute(text("SELECT * FROM recovery_codes")).all())
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
