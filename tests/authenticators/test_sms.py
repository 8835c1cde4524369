import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from idp import clock, rate_limit
from idp.authenticators import sms
from idp.errors import Expired, IdpError, InvalidInput, TooMany
from idp.keys import field_cipher
from tests.accounts import crowd
from tests.accounts.gateway import Gateway

PHONE = "+8613900139000"
BROWSER = "browser-of-li-na"
ADDRESS = "192.0.2.7"


def opened(*, known: bool = False, phone: str = PHONE) -> sms.Challenge:
    return sms.send(sms.begin(phone, browser=BROWSER, address=ADDRESS), locale="en", known=known)


def test_the_code_that_arrived_proves_the_number(context: Flask, gateway: Gateway) -> None:
    challenge = opened()
    assert gateway.messages[-1]["to"] == PHONE
    code = gateway.last_code()
    sms.check(challenge, f" {code[:3]} {code[3:]} ")
    found = sms.get(challenge.ticket, BROWSER)
    assert found.proven
    assert found.phone == PHONE


def test_the_code_works_once(context: Flask, gateway: Gateway) -> None:
    challenge = opened()
    sms.check(challenge, gateway.last_code())
    with pytest.raises(InvalidInput):
        sms.check(challenge, gateway.last_code())


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "\0", "🔢🔢", "\ud800", "9" * 1_000_000])
def test_a_wrong_code_proves_nothing(context: Flask, gateway: Gateway, code: str) -> None:
    challenge = opened()
    with pytest.raises(InvalidInput) as refused:
        sms.check(challenge, code)
    assert (refused.value.code, refused.value.field) == ("code_wrong", "code")
    assert not sms.get(challenge.ticket, BROWSER).proven


def test_a_code_dies_after_a_few_wrong_tries(context: Flask, gateway: Gateway) -> None:
    challenge = opened()
    for _ in range(5):
        with pytest.raises(InvalidInput):
            sms.check(challenge, "none")
    with pytest.raises(InvalidInput):
        sms.check(challenge, gateway.last_code())


def test_a_known_number_gets_word_and_no_code(context: Flask, gateway: Gateway) -> None:
    unknown, known = opened(phone="+8613900139001"), opened(known=True)
    # To the browser the two look the same.
    assert replace(unknown, ticket="", phone="", sent_at=0) == replace(known, ticket="", phone="", sent_at=0)
    first, second = gateway.messages
    assert any(character.isdigit() for character in first["text"])
    assert not any(character.isdigit() for character in second["text"])
    with pytest.raises(InvalidInput) as refused:
        sms.check(known, "123456")
    assert refused.value.code == "code_wrong"


def test_the_challenge_is_its_browsers_alone(context: Flask, gateway: Gateway) -> None:
    challenge = opened()
    assert sms.find(challenge.ticket, "another browser") is None
    with pytest.raises(Expired):
        sms.get(challenge.ticket, "another browser")
    for ticket in ("", "x", "\0", "票", "x" * 100_000, "a b\n"):
        assert sms.find(ticket, BROWSER) is None


def test_another_message_must_wait_and_voids_the_code_before(context: Flask, gateway: Gateway) -> None:
    challenge = opened()
    before = gateway.last_code()
    with pytest.raises(TooMany) as refused:
        sms.resend(challenge, address=ADDRESS, locale="en", known=False)
    assert refused.value.code == "code_just_sent"
    assert refused.value.retry_after is not None
    assert 0 < refused.value.retry_after <= sms.PAUSE
    with clock.shifted(timedelta(seconds=sms.PAUSE + 1)):
        again = sms.resend(sms.get(challenge.ticket, BROWSER), address=ADDRESS, locale="en", known=False)
        if gateway.last_code() != before:
            with pytest.raises(InvalidInput):
                sms.check(again, before)
        sms.check(again, gateway.last_code())
    assert len(gateway.messages) == 2


def test_one_number_gets_a_few_messages_in_an_hour(context: Flask, gateway: Gateway) -> None:
    for _ in range(5):
        opened()
    with pytest.raises(TooMany):
        opened()
    assert len(gateway.messages) == 5


def test_one_address_asks_for_a_few_messages_in_an_hour(context: Flask, gateway: Gateway) -> None:
    for number in range(20):
        sms.begin(f"+86139001390{number:02}", browser=BROWSER, address=ADDRESS)
    with pytest.raises(TooMany):
        sms.begin("+8613900139099", browser=BROWSER, address=ADDRESS)


def test_addresses_of_one_ipv6_network_are_one(context: Flask, gateway: Gateway) -> None:
    for number in range(20):
        sms.begin(f"+86139001391{number:02}", browser=BROWSER, address=f"2001:db8::{number:x}")
    with pytest.raises(TooMany):
        sms.begin("+8613900139199", browser=BROWSER, address="2001:db8::ffff")
    sms.begin("+8613900139199", browser=BROWSER, address="2001:db8:0:1::1")


def test_one_number_gets_so_many_messages_in_a_day(context: Flask, gateway: Gateway) -> None:
    hourly = f"phone-codes-number:{field_cipher.blind_index('phone_codes', PHONE).hex()}"
    for _ in range(10):
        opened()
        rate_limit.forget(hourly)  # as if an hour had passed
    with pytest.raises(TooMany) as refused:
        opened()
    assert refused.value.retry_after == sms.DAY
    assert len(gateway.messages) == 10


def test_a_gateway_that_refuses_is_said_and_may_be_asked_again(context: Flask, gateway: Gateway) -> None:
    gateway.status = 500
    challenge = sms.begin(PHONE, browser=BROWSER, address=ADDRESS)
    with pytest.raises(IdpError) as refused:
        sms.send(challenge, locale="zh_Hans", known=False)
    assert refused.value.status in {502, 503}
    gateway.status = 202
    found = sms.get(challenge.ticket, BROWSER)
    assert found.pause_left == 0
    sms.check(sms.resend(found, address=ADDRESS, locale="zh_Hans", known=False), gateway.last_code())


def test_one_code_sent_twenty_times_at_once_proves_once(rooms: Flask, gateway: Gateway) -> None:
    with rooms.app_context():
        challenge = opened()
    code = gateway.last_code()
    results = crowd.at_once(rooms, lambda _: sms.check(challenge, code))
    assert results.count(None) == 1


def test_a_challenge_is_closed_once(rooms: Flask, gateway: Gateway) -> None:
    with rooms.app_context():
        challenge = opened()
    results = crowd.at_once(rooms, lambda _: sms.close(challenge))
    assert results.count(True) == 1
    with rooms.app_context():
        assert sms.find(challenge.ticket, BROWSER) is None


def test_a_code_of_one_purpose_is_worth_nothing_for_another(context: Flask, gateway: Gateway) -> None:
    challenge = sms.begin(PHONE, browser=BROWSER, address=ADDRESS, purpose=sms.Purpose.LOGIN)
    assert sms.find(challenge.ticket, BROWSER, sms.Purpose.LOGIN) == challenge
    for purpose in set(sms.Purpose) - {sms.Purpose.LOGIN}:
        assert sms.find(challenge.ticket, BROWSER, purpose) is None


@pytest.mark.parametrize(
    ("purpose", "known", "sent"),
    [
        (sms.Purpose.SIGN_UP, False, "sign_up_code"),
        (sms.Purpose.SIGN_UP, True, "sign_up_known"),
        (sms.Purpose.LOGIN, True, "login_code"),
        (sms.Purpose.LOGIN, False, "login_unknown"),
        (sms.Purpose.SECOND_FACTOR, True, "login_code"),
        (sms.Purpose.RECOVERY, False, "recovery_code"),
        (sms.Purpose.RECOVERY, True, "recovery_code"),
    ],
)
def test_what_is_sent_and_whether_it_opens(
    context: Flask, gateway: Gateway, purpose: sms.Purpose, known: bool, sent: str
) -> None:
    challenge = sms.begin(PHONE, browser=BROWSER, address=ADDRESS, purpose=purpose)
    sms.send(challenge, locale="en", known=known)
    assert gateway.messages[-1]["template"] == sent
    assert bool(re.search(r"\d{6}", gateway.messages[-1]["text"])) is sent.endswith("_code")
