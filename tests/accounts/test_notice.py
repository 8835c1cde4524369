"""Word to a person: their list, and their phone through the outbox."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from idp import background, clock
from idp.accounts import account as accounts
from idp.accounts import notice, notice_kind
from idp.accounts.account import Account, Person
from idp.db import commit, db
from idp.errors import NotFound
from idp.outbox.message import DeliveryFailed, OutboxMessage
from tests.accounts.gateway import Gateway


@pytest.fixture
def person(context: Flask) -> Account:
    made = accounts.create(Person("zhangwei", "张伟", phone="13800138000", locale="en"))
    commit()
    return made


def messages() -> list[OutboxMessage]:
    told = select(OutboxMessage).where(OutboxMessage.kind == notice.KIND).order_by(OutboxMessage.id)
    return list(db.session.scalars(told))


def test_a_notice_reaches_the_phone_in_the_persons_language(person: Account, gateway: Gateway) -> None:
    notice.tell(person, "passkey_added")
    commit()
    (message,) = messages()
    background.HANDLERS[message.kind](message)
    (sent,) = gateway.messages
    assert (sent["to"], sent["template"]) == ("+8613800138000", "notice_passkey_added")
    assert sent["text"].startswith("[Tongxing] On ")
    assert "passkey was added" in sent["text"]


def test_whoever_sits_in_the_account_cannot_flood_its_phone(person: Account) -> None:
    for _ in range(notice.MOST_A_DAY + 5):
        notice.tell(person, "not_me")
    commit()
    assert len(messages()) == notice.MOST_A_DAY
    assert len(notice.recent(person.id, 100)) == notice.MOST_A_DAY + 5
    # Other news comes through, and so does each address by which the owner can stop something.
    notice.tell(person, "password_changed")
    for number in range(notice.MOST_A_DAY + 5):
        notice.tell(person, "phone_changed", link=f"https://id.example/phone/restore/{number}", days="7")
    commit()
    assert len(messages()) == 2 * notice.MOST_A_DAY + 6
    with clock.shifted(timedelta(days=1, minutes=1)):
        notice.tell(person, "not_me")
        commit()
    assert len(messages()) == 2 * notice.MOST_A_DAY + 7


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


def test_the_inbox_says_what_but_keeps_no_link(person: Account) -> None:
    notice.tell(person, "new_device", device="Chrome · Windows", link="https://SECRET")
    commit()
    (kept,) = notice.recent(person.id)
    assert notice.values_of(kept) == {"device": "Chrome · Windows"}
    assert "Chrome" not in str(kept.values_sealed)


def test_who_wants_no_messages_about_something_reads_it_in_the_inbox(person: Account) -> None:
    person.notice_choices = notice_kind.chosen([])
    for name in ("mandate_offered", "password_changed"):
        notice.tell(person, name)
    commit()
    assert [one.payload["name"] for one in messages()] == ["password_changed"]
    assert len(notice.recent(person.id)) == 2


def test_a_notice_is_read_once_it_was_opened(person: Account) -> None:
    other = accounts.create(Person("lina", "李娜"))
    for account in (person, person, other):
        notice.tell(account, "password_changed")
    commit()
    first, second = notice.recent(person.id)
    assert notice.unread(person.id) == 2
    notice.mark_read(person.id, first.id)
    notice.mark_read(person.id, notice.recent(other.id)[0].id)
    commit()
    assert (notice.unread(person.id), notice.unread(other.id)) == (1, 1)
    notice.mark_read(person.id)
    commit()
    assert notice.unread(person.id) == 0
    assert second.read_at is not None


def test_the_inbox_is_paged_by_key(person: Account) -> None:
    for _ in range(5):
        notice.tell(person, "password_changed")
    commit()
    first = notice.recent(person.id, 2)
    rest = notice.recent(person.id, 5, before=first[-1].id)
    assert len(rest) == 3
    assert {one.id for one in first}.isdisjoint(one.id for one in rest)


def test_nobody_reads_the_notice_of_somebody_else(person: Account) -> None:
    other = accounts.create(Person("lina", "李娜"))
    notice.tell(person, "password_changed")
    commit()
    (mine,) = notice.recent(person.id)
    assert notice.get(person.id, mine.id).name == "password_changed"
    with pytest.raises(NotFound):
        notice.get(other.id, mine.id)


def test_many_unread_are_not_counted_one_by_one(person: Account) -> None:
    for _ in range(notice.MOST_UNREAD + 5):
        notice.tell(person, "policy_changed", site="市公积金")
    commit()
    assert notice.unread(person.id) == notice.MOST_UNREAD
