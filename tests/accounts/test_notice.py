"""Word to a person: their list, and their phone through the outbox."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from idp import background, clock
from idp.accounts import account as accounts
from idp.accounts import notice
from idp.accounts.account import Account, Person
from idp.db import commit, db
from idp.notify import sms_texts
from idp.outbox.message import DeliveryFailed, OutboxMessage
from tests.accounts.gateway import Gateway
from tests.layout import tree


@pytest.fixture
def person(context: Flask) -> Account:
    made = accounts.create(Person("zhangwei", "张伟", phone="13800138000", locale="en"))
    commit()
    return made


def messages() -> list[OutboxMessage]:
    return list(db.session.execute(select(OutboxMessage).where(OutboxMessage.kind == notice.KIND)).scalars())


def test_a_notice_reaches_the_phone_in_the_persons_language(person: Account, gateway: Gateway) -> None:
    notice.tell(person, "passkey_added")
    commit()
    (message,) = messages()
    background.HANDLERS[message.kind](message)
    (sent,) = gateway.messages
    assert (sent["to"], sent["template"]) == ("+8613800138000", "notice_passkey_added")
    assert sent["text"].startswith("[Tongxing] On ")
    assert "passkey was added" in sent["text"]


def test_the_phone_of_before_hears_that_the_account_changed_hands(person: Account, gateway: Gateway) -> None:
    notice.tell(person, "recovery_completed")
    accounts.change_phone(person, "+8613900000009")
    commit()
    notice.deliver(messages()[0])
    assert [one["to"] for one in gateway.messages] == ["+8613800138000"]


def test_the_row_that_waits_tells_nothing(person: Account) -> None:
    notice.tell(person, "password_changed", when="SECRET-LINK")
    commit()
    (message,) = messages()
    assert "SECRET" not in str(message.payload)
    assert "138" not in str(message.payload)
    assert message.account_id == person.id


def test_it_is_said_with_its_cause_or_not_at_all(person: Account) -> None:
    notice.tell(person, "passkey_added")
    db.session.rollback()
    assert messages() == []
    assert notice.recent(person.id) == []


def test_whoever_has_no_phone_reads_it_in_their_account(context: Flask, gateway: Gateway) -> None:
    official = accounts.create(Person("wujie", "吴洁"))
    for name in ("passkey_added", "password_changed"):
        notice.tell(official, name)
        commit()
    assert messages() == []
    assert [one.name for one in notice.recent(official.id)] == ["password_changed", "passkey_added"]
    assert notice.recent(official.id, 1)[0].name == "password_changed"


@pytest.mark.parametrize(("status", "retry"), [(503, True), (429, True), (400, False)])
def test_a_gateway_that_is_away_is_asked_again(
    person: Account, gateway: Gateway, status: int, *, retry: bool
) -> None:
    notice.tell(person, "passkey_added")
    commit()
    gateway.status = status
    with pytest.raises(DeliveryFailed) as failed:
        notice.deliver(messages()[0])
    assert failed.value.retry is retry
    assert "138" not in failed.value.reason


def test_no_transaction_waits_for_the_gateway(rooms: Flask, gateway: Gateway) -> None:
    with rooms.app_context():
        person = accounts.create(Person("lina", "李娜", phone="13800138001"))
        notice.tell(person, "passkey_added")
        commit()
        notice.deliver(messages()[0])
        account_id: UUID = person.id
        commit()
    done: list[bool] = []

    def write() -> None:
        with rooms.app_context():
            notice.tell(accounts.get(account_id), "passkey_removed")
            commit()
            done.append(True)

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(5)
    assert done == [True]


def test_old_notices_are_forgotten(person: Account) -> None:
    notice.tell(person, "passkey_added")
    commit()
    with clock.shifted(timedelta(days=399)):
        notice.sweep()
        assert len(notice.recent(person.id)) == 1
    with clock.shifted(timedelta(days=401)):
        notice.sweep()
        assert notice.recent(person.id) == []


def test_every_notice_has_its_line_in_the_accounts_own_list() -> None:
    lines = (tree.ROOT / "idp/templates/account/_changes.html").read_text(encoding="utf-8")
    names = {name.removeprefix("notice_") for name in sms_texts.TEXTS if name.startswith("notice_")}
    assert names
    assert {name for name in names if f'"{name}"' not in lines} == set()
