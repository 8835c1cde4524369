"""Cross-device sign-in: one request, one answer, one who collects it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from idp import clock
from idp.audit.log import AuditEvent
from idp.authenticators import qr
from idp.authenticators.qr import Outcome
from idp.db import commit, db
from idp.errors import Conflict, Expired, InvalidInput, TooMany
from tests.accounts import crowd

DEVICE = "browser-at-the-library"
ADDRESS = "192.0.2.7"


def shown(device: str = DEVICE, address: str = ADDRESS) -> qr.Request:
    return qr.begin(device=device, client_id="city-fund", user_agent="Firefox/140.0", address=address)


def phone() -> dict[str, UUID]:
    return {"account_id": uuid4(), "session_id": uuid4()}


def test_a_request_shows_one_of_three_different_numbers_of_two_digits(context: Flask) -> None:
    request = shown()
    assert len(request.handle) >= 32
    assert len(set(request.choices)) == 3
    assert request.number in request.choices
    assert all(10 <= number <= 99 for number in request.choices)
    assert qr.find(request.handle) == request


def test_the_right_number_lets_in_whom_the_phone_belongs_to_once(context: Flask) -> None:
    request, who = shown(), phone()
    assert qr.outcome(request) is None
    assert qr.collect(request) is None
    qr.approve(request.handle, str(request.number), **who)
    assert qr.outcome(request) is Outcome.APPROVED
    answer = qr.collect(request)
    assert answer == qr.Answer(Outcome.APPROVED, **who)
    assert qr.collect(request) is None
    assert qr.find(request.handle) is None


@pytest.mark.parametrize("number", ["", "0", "-1", "１２", "99999999999", "\0", "\ud800"])
def test_a_wrong_number_ends_the_request(context: Flask, number: str) -> None:
    request, who = shown(), phone()
    with pytest.raises(InvalidInput) as refused:
        qr.approve(request.handle, number, **who)
    assert refused.value.code == "qr_wrong_number"
    with pytest.raises(Conflict):
        qr.approve(request.handle, str(request.number), **phone())
    answer = qr.collect(request)
    assert answer is not None
    assert answer.outcome is Outcome.WRONG_NUMBER


def test_a_no_stays_a_no_and_a_yes_a_yes(context: Flask) -> None:
    denied, approved = shown(), shown()
    qr.deny(denied.handle, **phone())
    with pytest.raises(Conflict) as refused:
        qr.approve(denied.handle, str(denied.number), **phone())
    assert refused.value.code == "qr_answered"
    assert qr.outcome(denied) is Outcome.DENIED
    qr.approve(approved.handle, str(approved.number), **phone())
    with pytest.raises(Conflict):
        qr.deny(approved.handle, **phone())
    assert qr.outcome(approved) is Outcome.APPROVED


def test_what_was_collected_cannot_be_answered_again(context: Flask) -> None:
    request = shown()
    qr.approve(request.handle, str(request.number), **phone())
    assert qr.collect(request) is not None
    with pytest.raises(Expired):
        qr.approve(request.handle, str(request.number), **phone())
    assert qr.collect(request) is None


def test_a_request_lives_two_minutes(rooms: Flask) -> None:
    with rooms.app_context():
        request = shown()
        assert request.seconds_left == qr.LIFE == 120
        with clock.shifted(timedelta(seconds=qr.LIFE + 1)):
            assert request.seconds_left == 0


def test_only_the_browser_that_shows_it_finds_it_as_its_own(context: Flask) -> None:
    request = shown()
    assert qr.find_own(request.handle, DEVICE) == request
    assert qr.find_own(request.handle, "another browser") is None
    for handle in ("", "x", "\0", "码" * 43, "x" * 100_000, "a b\n", f"{request.handle}="):
        assert qr.find(handle) is None
        with pytest.raises(Expired):
            qr.approve(handle, "10", **phone())


def test_two_phones_that_approve_at_once_are_one(rooms: Flask) -> None:
    with rooms.app_context():
        request = shown()
    phones = [phone() for _ in range(20)]
    results = crowd.at_once(rooms, lambda n: qr.approve(request.handle, str(request.number), **phones[n]))
    assert results.count(None) == 1
    assert {type(result) for result in results if result is not None} == {Conflict}
    with rooms.app_context():
        answer = qr.collect(request)
        assert answer is not None
        assert answer.account_id == phones[results.index(None)]["account_id"]


def test_twenty_that_collect_at_once_are_one(rooms: Flask) -> None:
    with rooms.app_context():
        request = shown()
        qr.approve(request.handle, str(request.number), **phone())
        commit()
    results = crowd.at_once(rooms, lambda _: qr.collect(request))
    assert len([answer for answer in results if answer is not None]) == 1


def test_answers_are_on_record_without_address_and_handle(context: Flask) -> None:
    request, who = shown(), phone()
    qr.approve(request.handle, str(request.number), **who)
    commit()
    event = db.session.query(AuditEvent).filter_by(account_id=who["account_id"]).one()
    assert (event.name, event.client_id, event.session_id) == ("qr.approved", "city-fund", who["session_id"])
    assert ADDRESS not in repr(event.data)
    assert request.handle not in repr(event.data)


def test_one_account_answers_a_few_times_and_one_address_shows_so_many(context: Flask) -> None:
    who = phone()
    for _ in range(qr.ANSWERS):
        qr.deny(shown().handle, **who)
    with pytest.raises(TooMany):
        qr.deny(shown().handle, **who)
    for _ in range(120):
        shown(address="198.51.100.9")
    with pytest.raises(TooMany):
        shown(address="198.51.100.9")
