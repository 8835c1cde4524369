"""Recovery of an account: one at a time, waiting, stopped or completed, never both."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from idp import clock
from idp.accounts import account as accounts
from idp.accounts import notice, phone_change
from idp.accounts.account import Person
from idp.accounts.notice import Notice
from idp.accounts.phone_change import PhoneChange
from idp.audit.log import AuditEvent
from idp.authenticators import known_device, otp, pwd, recovery, recovery_code, recovery_row
from idp.db import commit, db
from idp.errors import Conflict, Expired, Forbidden, IdpError
from idp.keys import field_cipher
from idp.outbox.message import OutboxMessage
from tests.accounts import crowd
from tests.accounts.gateway import Gateway
from tests.person import TOTP_SECRET

AFTER = timedelta(hours=80)
HASHED = "$argon2id$v=19$m=8192,t=1,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"


def begun(account_id: UUID, *, lost: bool = False, level: int = 1, **facts: object) -> recovery.Begun:
    made = recovery.begin(accounts.get(account_id), proofs=["phone"], level=level, lost=lost, **facts)  # type: ignore[arg-type]
    commit()
    return made


def stop_token() -> str:
    """The address that the newest notice carries, as its reader gets it."""
    message = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.kind == "notice").order_by(OutboxMessage.id.desc())
    ).first()
    assert message is not None
    assert message.account_id is not None
    values = field_cipher.open_sealed(message.payload["values"], f"outbox.notice:{message.account_id}")
    return values.partition("/recovery/stop/")[2].partition('"')[0]


def names(account_id: UUID) -> list[str]:
    return list(
        db.session.scalars(select(Notice.name).where(Notice.account_id == account_id).order_by(Notice.id))
    )


def test_it_waits_and_then_sets_the_password_once(context: Flask, account_id: UUID) -> None:
    made = begun(account_id)
    with pytest.raises(Expired):
        recovery.complete(made.recovery, HASHED)
    db.session.rollback()
    assert not made.recovery.is_ready(clock.now())
    with clock.shifted(AFTER):
        recovery.complete(made.recovery, HASHED)
        commit()
        assert pwd.find_hash(account_id) == HASHED
        with pytest.raises(Expired):
            recovery.complete(made.recovery, HASHED)
    events = db.session.scalars(select(AuditEvent.name).where(AuditEvent.account_id == account_id)).all()
    assert {"recovery.started", "recovery.completed", "password.changed"} <= set(events)
    kinds = db.session.scalars(select(OutboxMessage.kind)).all()
    assert recovery.RECOVERED in kinds


@pytest.mark.parametrize(("proofs", "is_open"), [(["phone", "register"], True), (["phone", "chip"], False)])
def test_who_shows_the_card_takes_from_a_stranger_the_way_back_to_their_number(
    context: Flask, account_id: UUID, proofs: list[str], *, is_open: bool
) -> None:
    account = accounts.get(account_id)
    phone_change.change(account, "+8613900000021")
    phone_change.change(account, "+8613900000022")
    commit()
    made = recovery.begin(account, proofs=proofs, level=1, lost=False)
    commit()
    with clock.shifted(AFTER):
        recovery.complete(made.recovery, HASHED)
        commit()
        changes = db.session.scalars(select(PhoneChange)).all()
        assert [one.is_open() for one in changes] == [is_open] * len(changes)
        assert changes


def test_the_ticket_leads_back_however_it_is_typed(context: Flask, account_id: UUID) -> None:
    made = begun(account_id)
    plain = made.ticket.replace("-", "")
    for typed in (made.ticket, plain.lower(), f" {plain[:8]} {plain[8:]} ", plain.replace("1", "I")):
        found = recovery_row.find_by_ticket(typed)
        assert found is not None
        assert found.id == made.recovery.id
    for typed in ("", "x", plain[:-1], plain + "0", "\0" * 16, "票" * 16, "0" * 1_000_000, "U" * 16):
        assert recovery_row.find_by_ticket(typed) is None


def test_nothing_in_the_database_is_the_ticket_or_the_stop(context: Flask, account_id: UUID) -> None:
    made = begun(account_id)
    token = stop_token()
    assert len(token) >= 32
    stored = repr(db.session.execute(text("SELECT * FROM recoveries")).all())
    stored += repr(db.session.execute(text("SELECT * FROM outbox_messages")).all())
    for secret in (made.ticket, made.ticket.replace("-", ""), token):
        assert secret not in stored


def test_the_address_in_the_notice_stops_it_and_nothing_has_changed(context: Flask, account_id: UUID) -> None:
    pwd.set_password(account_id, "the old password of before")
    made = begun(account_id)
    found = recovery_row.find_by_stop(stop_token())
    assert found is not None
    assert recovery.stop(found)
    commit()
    assert not recovery.stop(found)
    with clock.shifted(AFTER), pytest.raises(Expired):
        recovery.complete(made.recovery, HASHED)
    db.session.rollback()
    assert pwd.verify(account_id, "the old password of before")
    assert names(account_id) == ["recovery_waiting", "recovery_stopped"]
    for token in ("", "x", "\0", "票", "x" * 100_000):
        assert recovery_row.find_by_stop(token) is None


def test_one_waits_at_a_time_and_one_for_the_counter_is_replaced(context: Flask, account_id: UUID) -> None:
    at_counter = begun(account_id, case_id=UUID(int=7))
    assert at_counter.recovery.state == recovery_row.COUNTER
    waiting = begun(account_id)
    old = recovery_row.find(at_counter.recovery.id)
    assert old is not None
    assert old.stands(clock.now()) == recovery_row.EXPIRED
    with pytest.raises(Conflict) as refused:
        begun(account_id)
    assert refused.value.code == "recovery_open"
    db.session.rollback()
    recovery.stop(waiting.recovery)
    commit()
    assert begun(account_id).recovery.state == recovery_row.WAITING


def test_twenty_that_begin_at_once_are_one(rooms: Flask, account_id: UUID) -> None:
    results = crowd.at_once(
        rooms,
        lambda _: recovery.begin(accounts.get(account_id), proofs=["phone"], level=1, lost=False).ticket,
    )
    assert len([one for one in results if isinstance(one, str)]) == 1
    assert {type(one) for one in results if not isinstance(one, str)} == {Conflict}


def test_stop_and_completion_at_once_are_one(rooms: Flask, account_id: UUID) -> None:
    with rooms.app_context():
        made = begun(account_id)

    def race(number: int) -> str | None:
        found = recovery_row.find(made.recovery.id)
        assert found is not None
        if number % 2:
            return "stopped" if recovery.stop(found) else None
        recovery.complete(found, HASHED)
        return "completed"

    with clock.shifted(AFTER):
        results = [one for one in crowd.at_once(rooms, race) if isinstance(one, str)]
    assert len(results) == 1
    with rooms.app_context():
        assert (pwd.find_hash(account_id) == HASHED) is (results == ["completed"])


@pytest.mark.parametrize("lost", [True, False])
def test_lost_ways_go_only_when_they_are_lost(context: Flask, account_id: UUID, lost: bool) -> None:
    otp.enrol(account_id, TOTP_SECRET)
    recovery_code.create(account_id)
    known_device.remember(account_id, "d" * 32)
    made = begun(account_id, lost=lost)
    with clock.shifted(AFTER):
        recovery.complete(made.recovery, HASHED)
        commit()
    assert otp.is_enrolled(account_id) is not lost
    assert (recovery_code.count_left(account_id) > 0) is not lost
    assert not known_device.is_known(account_id, "d" * 32)


def test_it_waits_longer_for_more_and_for_lost_ways(context: Flask, account_id: UUID) -> None:
    waits = [recovery.waiting(level, lost=False) for level in range(5)]
    assert waits == sorted(waits)
    assert waits[3] >= timedelta(hours=24)
    assert all(recovery.waiting(level, lost=True) >= timedelta(hours=72) for level in range(5))


def test_officials_and_locked_accounts_recover_nothing(context: Flask, account_id: UUID) -> None:
    made = begun(account_id)
    account = accounts.get(account_id)
    for values in ({"kind": accounts.OFFICIAL}, {"status": accounts.FROZEN}, {"status": accounts.CLOSED}):
        before = {name: getattr(account, name) for name in values}
        for name, value in values.items():
            setattr(account, name, value)
        commit()
        with pytest.raises(Forbidden):
            recovery.begin(account, proofs=["phone"], level=1, lost=False)
        db.session.rollback()
        with clock.shifted(AFTER), pytest.raises(Forbidden):
            recovery.complete(made.recovery, HASHED)
        db.session.rollback()
        account = accounts.get(account_id)
        for name, value in before.items():
            setattr(account, name, value)
        commit()


def test_an_account_that_was_proven_meanwhile_needs_proof_as_strong(context: Flask, account_id: UUID) -> None:
    # Begun by who had the phone alone; then the person proved their name.
    made = begun(account_id)
    account = accounts.get(account_id)
    at = clock.timestamp()
    account.standing = [{"code": code, "at": at, "until": None} for code in ("phone", "register")]
    commit()
    with clock.shifted(AFTER), pytest.raises(Expired) as refused:
        recovery.complete(made.recovery, HASHED)
    db.session.rollback()
    assert refused.value.code == "recovery_too_weak"
    assert pwd.find_hash(account_id) != HASHED
    recovery.settle(made.recovery, 2)
    commit()
    assert made.recovery.stands(clock.now()) == recovery_row.EXPIRED
    assert begun(account_id).recovery.state == recovery_row.WAITING


def test_the_old_phone_hears_of_a_recovery_with_a_new_one(
    context: Flask, account_id: UUID, gateway: Gateway
) -> None:
    accounts.change_phone(accounts.get(account_id), "+8613900000003")
    made = begun(account_id, new_phone="+8613900000004")
    with clock.shifted(AFTER):
        recovery.complete(made.recovery, HASHED)
        commit()
        for message in db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "notice")).all():
            notice.deliver(message)
    told = [(one["template"], one["to"]) for one in gateway.messages]
    assert ("notice_recovery_completed", "+8613900000003") in told


def test_a_new_number_comes_with_the_new_password_unless_it_was_taken(
    context: Flask, account_id: UUID
) -> None:
    made = begun(account_id, new_phone="+8613900000001")
    with clock.shifted(AFTER):
        recovery.complete(made.recovery, HASHED)
        commit()
    assert accounts.phone_of(accounts.get(account_id)) == "+8613900000001"
    other = accounts.create(Person("someone", "李娜", phone="+8613900000002"))
    again = begun(account_id, new_phone="+8613900000002")
    with clock.shifted(AFTER):
        recovery.complete(again.recovery, HASHED)
        commit()
    assert accounts.phone_of(accounts.get(account_id)) == "+8613900000001"
    assert accounts.phone_of(accounts.get(other.id)) == "+8613900000002"


def test_a_counter_that_approved_lets_the_waiting_begin_once(context: Flask, account_id: UUID) -> None:
    made = begun(account_id, case_id=UUID(int=7))
    address = stop_token()
    with clock.shifted(AFTER), pytest.raises(IdpError):
        recovery.complete(made.recovery, HASHED)
    db.session.rollback()
    recovery.arrive(made.recovery, 4)
    first = made.recovery.ready_at
    recovery.arrive(made.recovery, 0)
    commit()
    assert made.recovery.state == recovery_row.WAITING
    assert made.recovery.ready_at == first
    assert made.recovery.proofs == ["phone", "counter"]
    assert names(account_id) == ["recovery_counter", "recovery_waiting"]
    # Both messages carry the same address, so that none of them goes stale.
    assert stop_token() == address


def test_what_nobody_completed_ends_and_is_forgotten(context: Flask, account_id: UUID) -> None:
    made = begun(account_id)
    with clock.shifted(timedelta(days=31)):
        assert made.recovery.stands(clock.now()) == recovery_row.EXPIRED
        assert recovery.find_open(account_id) is None
        with pytest.raises(Expired):
            recovery.complete(made.recovery, HASHED)
        db.session.rollback()
        begun(account_id)
        recovery_row.sweep()
        commit()
        assert recovery_row.find(made.recovery.id) is not None
    with clock.shifted(timedelta(days=150)):
        recovery_row.sweep()
        commit()
        db.session.expunge_all()
        assert recovery_row.find(made.recovery.id) is None
