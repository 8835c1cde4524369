"""Policies by kind of account: nist for citizens, djbh3 for officials (domain §7)."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from idp import clock
from idp.accounts.account import CITIZEN, OFFICIAL, Account
from idp.authenticators import password_history, password_rules, pwd
from idp.authenticators.password_history import FormerPassword
from idp.db import commit, db
from idp.errors import InvalidInput
from tests.provider import counted

WORDS = [f"Pass-phrase {number} zebra" for number in range(8)]


@pytest.fixture
def official(context: Flask, account_id: UUID) -> UUID:
    db.session.execute(update(Account).where(Account.id == account_id).values(kind=OFFICIAL))
    commit()
    return account_id


def code_of(password: str, kind: str) -> str | None:
    try:
        password_rules.check(password, kind, username="zhangwei", phone="+8613800138000")
    except InvalidInput as error:
        return error.code
    return None


def test_the_kind_of_account_decides(context: Flask) -> None:
    assert code_of("correct horse battery", CITIZEN) is None
    assert code_of("correct horse battery", OFFICIAL) == "password_simple"
    assert code_of("Correct horse battery", OFFICIAL) is None
    assert code_of("password12345", CITIZEN) == code_of("Password-12345", OFFICIAL) == "password_common"
    assert password_rules.of("enterprise") == "nist", "nobody logs in as one; the gentler policy stands"


def test_an_officials_former_passwords_do_not_come_again(context: Flask, official: UUID) -> None:
    for number, word in enumerate(WORDS[:6]):
        with clock.shifted(timedelta(seconds=number)):
            pwd.set_password(official, word)
            commit()
    used = password_rules.used_hashes(official, OFFICIAL)
    assert len(used) == 6, "the present one and five former ones"
    for word in WORDS[:6]:
        with pytest.raises(InvalidInput, match="password_used"):
            password_rules.check_unused(word, used)
    password_rules.check_unused(WORDS[7], used)
    with clock.shifted(timedelta(seconds=9)):
        pwd.set_password(official, WORDS[6])
        commit()
    password_rules.check_unused(WORDS[0], password_rules.used_hashes(official, OFFICIAL))
    assert len(password_history.hashes(official)) == 5


def test_citizens_leave_no_old_hash_behind(context: Flask, account_id: UUID) -> None:
    for word in WORDS[:3]:
        pwd.set_password(account_id, word)
        commit()
    assert db.session.execute(select(FormerPassword)).first() is None
    assert password_rules.used_hashes(account_id, CITIZEN) == []


def test_age_counts_for_officials_only(rooms: Flask, account_id: UUID) -> None:
    with rooms.app_context():
        pwd.set_password(account_id, WORDS[0])
        commit()
        now = clock.now()
        for days, due in ((89, False), (91, True)):
            later = now + timedelta(days=days)
            assert password_rules.is_due(account_id, OFFICIAL, later) is due
            assert not password_rules.is_due(account_id, CITIZEN, later)
        with counted(rooms) as counts:
            password_rules.is_due(account_id, CITIZEN, now)
        assert counts.statements == []
        pwd.remove(account_id)
        assert not password_rules.is_due(account_id, OFFICIAL, now + timedelta(days=999))
