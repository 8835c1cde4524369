"""A changed phone number: the old one hears of it and can take it back, once, for some days."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice, phone_change
from idp.accounts.account import Account, Person
from idp.accounts.phone_change import PhoneChange
from idp.audit.log import AuditEvent
from idp.db import commit, db
from idp.errors import Conflict
from idp.keys import field_cipher
from idp.outbox import signal
from idp.outbox.message import OutboxMessage
from tests.accounts import crowd

OLD, NEW, NEWER = "+8613800138000", "+8613900000009", "+8613900000010"


@pytest.fixture
def person(context: Flask) -> Account:
    made = accounts.create(Person("zhangwei", "张伟", phone=OLD))
    commit()
    return made


def told(account: Account) -> list[tuple[str, str]]:
    """To which number, with which address, each message about a change went."""
    query = select(OutboxMessage).where(OutboxMessage.kind == notice.KIND).order_by(OutboxMessage.id)
    found = []
    for message in db.session.scalars(query):
        if message.payload["name"] == "phone_changed":
            to = field_cipher.open_sealed(message.payload["to"], f"outbox.notice_to:{account.id}")
            values = field_cipher.open_sealed(message.payload["values"], f"outbox.notice:{account.id}")
            found.append((to, json.loads(values)["link"].rpartition("/")[2]))
    return found


def changed(account: Account, number: str) -> str:
    """Change the number; return the token of the way back."""
    phone_change.change(account, number)
    commit()
    return told(account)[-1][1]


def test_the_old_number_gets_the_way_back_and_sites_are_told(person: Account) -> None:
    changed(person, NEW)
    assert accounts.phone_of(person) == NEW
    ((to, token),) = told(person)
    assert to == OLD
    change = phone_change.find(token)
    assert change is not None
    assert change.is_open()
    assert phone_change.old_of(change) == OLD
    (kept,) = notice.recent(person.id)
    assert notice.values_of(kept) == {}
    (message,) = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == signal.KIND))
    assert message.payload["signal"] == "identifier_changed"
    assert "13" not in json.dumps(message.payload["data"])


def test_nothing_kept_tells_number_or_address(person: Account) -> None:
    token = changed(person, NEW)
    (row,) = db.session.scalars(select(PhoneChange))
    assert "138" not in row.old_sealed
    assert token.encode() not in row.token_digest


def test_it_is_taken_back_once(person: Account) -> None:
    change = phone_change.find(changed(person, NEW))
    assert change is not None
    assert phone_change.undo(change)
    commit()
    assert accounts.phone_of(person) == OLD
    assert not phone_change.undo(change)
    mine = select(AuditEvent.name).where(AuditEvent.account_id == person.id)
    names = db.session.scalars(mine.order_by(AuditEvent.id))
    assert [name for name in names if name.startswith("phone.")] == ["phone.changed", "phone.restored"]
    assert notice.recent(person.id)[0].name == "phone_restored"


def test_of_many_at_once_one_takes_it_back(rooms: Flask) -> None:
    with rooms.app_context():
        person = accounts.create(Person("lina", "李娜", phone=OLD))
        token = changed(person, NEW)

    def undo(_: int) -> bool:
        found = phone_change.find(token)
        assert found is not None
        done = phone_change.undo(found)
        commit()
        return done

    assert sorted(map(str, crowd.at_once(rooms, undo))) == ["False"] * (crowd.AT_ONCE - 1) + ["True"]


def test_the_first_way_back_voids_what_came_after(person: Account) -> None:
    first, second = changed(person, NEW), changed(person, NEWER)
    change = phone_change.find(first)
    assert change is not None
    assert phone_change.undo(change)
    commit()
    assert accounts.phone_of(person) == OLD
    later = phone_change.find(second)
    assert later is not None
    assert not phone_change.undo(later)
    assert accounts.phone_of(person) == OLD


def test_what_was_voided_is_not_taken_back(person: Account) -> None:
    first = phone_change.find(changed(person, NEW))
    second = phone_change.find(changed(person, NEWER))
    phone_change.void(person.id)
    commit()
    for change in (first, second):
        assert change is not None
        db.session.refresh(change)
        assert not change.is_open()
        assert not phone_change.undo(change)
    assert accounts.phone_of(person) == NEWER


def test_after_its_days_it_holds_and_the_old_number_is_forgotten(person: Account) -> None:
    change = phone_change.find(changed(person, NEW))
    assert change is not None
    with clock.shifted(timedelta(days=8)):
        assert not change.is_open()
        assert not phone_change.undo(change)
        phone_change.sweep()
        commit()
    assert db.session.scalar(select(func.count()).select_from(PhoneChange)) == 0
    assert accounts.phone_of(person) == NEW


def test_a_number_that_has_another_account_by_now_stays_there(person: Account) -> None:
    change = phone_change.find(changed(person, NEW))
    accounts.create(Person("newcomer", "李娜", phone=OLD))
    commit()
    assert change is not None
    with pytest.raises(Conflict, match="another account"):
        phone_change.undo(change)
    db.session.rollback()
    assert accounts.phone_of(person) == NEW


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "张\x00"])
def test_a_made_up_address_finds_nothing(person: Account, token: str) -> None:
    changed(person, NEW)
    assert phone_change.find(token) is None


def test_the_same_or_a_taken_number_changes_nothing(person: Account) -> None:
    accounts.create(Person("newcomer", "李娜", phone=NEW))
    commit()
    for number in (OLD, NEW):
        with pytest.raises(Conflict):
            phone_change.change(person, number)
        db.session.rollback()
    assert accounts.phone_of(person) == OLD
    assert told(person) == []


def test_a_first_number_has_no_way_back(context: Flask) -> None:
    person = accounts.create(Person("wujie", "吴洁"))
    phone_change.change(person, NEW)
    commit()
    assert db.session.scalar(select(func.count()).select_from(PhoneChange)) == 0


def test_who_closes_the_account_leaves_no_old_number(person: Account) -> None:
    changed(person, NEW)
    phone_change.erase(person.id)
    commit()
    assert db.session.scalar(select(func.count()).select_from(PhoneChange)) == 0
