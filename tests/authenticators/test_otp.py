import re
from datetime import timedelta
from uuid import UUID, uuid4

import pyotp
import pytest
from flask import Flask
from sqlalchemy import text

from idp import clock
from idp.authenticators import otp
from idp.db import commit, db
from idp.errors import Expired, IdpError, InvalidInput, TooMany
from tests.accounts import crowd

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DEVICE = "browser"


def code_at(seconds: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(clock.timestamp() + seconds)


@pytest.fixture
def enrolled(context: Flask, account_id: UUID) -> UUID:
    otp.enrol(account_id, SECRET)
    commit()
    return account_id


def test_a_code_works_once(enrolled: UUID) -> None:
    assert otp.is_enrolled(enrolled)
    code = code_at()
    otp.check(enrolled, code, device=DEVICE)
    commit()
    with pytest.raises(InvalidInput, match="code_used") as refused:
        otp.check(enrolled, code, device=DEVICE)
    assert (refused.value.code, refused.value.field) == ("code_used", "code")
    device = otp.find(enrolled)
    assert device is not None
    assert device.last_used_at is not None


def test_an_earlier_code_is_void_after_a_later_one(enrolled: UUID) -> None:
    earlier, later = code_at(-30), code_at()
    otp.check(enrolled, later, device=DEVICE)
    with pytest.raises(InvalidInput, match="code_used"):
        otp.check(enrolled, earlier, device=DEVICE)


@pytest.mark.parametrize("drift", [-30, 0, 30])
def test_a_phone_may_be_half_a_minute_off(enrolled: UUID, drift: int) -> None:
    otp.check(enrolled, code_at(drift), device=DEVICE)


@pytest.mark.parametrize("drift", [-90, 90, 86_400])
def test_a_phone_may_not_be_further_off(enrolled: UUID, drift: int) -> None:
    with pytest.raises(InvalidInput):
        otp.check(enrolled, code_at(drift), device=DEVICE)


def test_the_next_code_works_after_its_time_has_come(enrolled: UUID) -> None:
    otp.check(enrolled, code_at(), device=DEVICE)
    with clock.shifted(timedelta(seconds=60)):
        otp.check(enrolled, code_at(), device=DEVICE)


def test_spaces_in_a_code_mean_nothing(enrolled: UUID) -> None:
    code = code_at()
    otp.check(enrolled, f" {code[:3]} {code[3:]}\n", device=DEVICE)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "12345",
        "1234567",
        "abcdef",
        "１２３４５６",
        "١٢٣٤٥٦",
        "\0",
        "12345\0",
        "🔢",
        "\ud800",
        "9" * 1_000_000,
    ],
)
def test_what_is_no_code_is_wrong(enrolled: UUID, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        otp.check(enrolled, code, device=DEVICE)
    assert (refused.value.code, refused.value.field) == ("code_wrong", "code")


def test_an_account_without_an_app_has_no_right_code(context: Flask, account_id: UUID) -> None:
    assert not otp.is_enrolled(account_id)
    for somebody in (account_id, uuid4()):
        with pytest.raises(InvalidInput):
            otp.check(somebody, code_at(), device=DEVICE)


def test_guessing_is_stopped_and_a_right_code_starts_over(enrolled: UUID) -> None:
    for _ in range(4):
        with pytest.raises(InvalidInput):
            otp.check(enrolled, "000000x", device=DEVICE)
    otp.check(enrolled, code_at(), device=DEVICE)
    for _ in range(5):
        with pytest.raises(InvalidInput):
            otp.check(enrolled, "000000x", device=DEVICE)
    with pytest.raises(TooMany) as refused:
        otp.check(enrolled, code_at(30), device=DEVICE)
    assert refused.value.retry_after
    with clock.shifted(timedelta(seconds=300)):
        pass  # the store's own clock moves on with real time; the window is the store's suite's matter


def test_one_code_sent_twenty_times_at_once_gets_one_in(rooms: Flask, account_id: UUID) -> None:
    with rooms.app_context():
        otp.enrol(account_id, SECRET)
        commit()
    code = code_at()
    results = crowd.at_once(rooms, lambda _: otp.check(account_id, code, device=DEVICE))
    assert results.count(None) == 1
    assert {type(result) for result in results if result is not None} <= {InvalidInput, TooMany}


def test_enrolment_needs_a_code_from_the_new_app(context: Flask, account_id: UUID) -> None:
    session = uuid4()
    secret = otp.begin(account_id, session)
    assert re.fullmatch(r"[A-Z2-7]{32}", secret)
    assert otp.begin(account_id, session) == secret  # the page may be reloaded
    assert otp.begin(account_id, uuid4()) != secret  # nobody else's session sees it
    assert not otp.is_enrolled(account_id)
    with pytest.raises(InvalidInput):
        otp.confirm(account_id, session, "000000x", device=DEVICE)
    code = pyotp.TOTP(secret).at(clock.timestamp())
    otp.confirm(account_id, session, code, device=DEVICE)
    commit()
    assert otp.is_enrolled(account_id)
    with pytest.raises(InvalidInput, match="code_used"):  # the confirming code is used up
        otp.check(account_id, code, device=DEVICE)
    with pytest.raises(Expired):
        otp.confirm(account_id, session, code, device=DEVICE)
    assert otp.find_pending(account_id, session) is None


def test_a_new_app_replaces_the_old_one(enrolled: UUID) -> None:
    session = uuid4()
    secret = otp.begin(enrolled, session)
    otp.confirm(enrolled, session, pyotp.TOTP(secret).at(clock.timestamp()), device=DEVICE)
    with pytest.raises(IdpError):
        otp.check(enrolled, code_at(30), device=DEVICE)
    otp.check(enrolled, pyotp.TOTP(secret).at(clock.timestamp() + 30), device=DEVICE)


def test_a_removed_app_is_gone(enrolled: UUID) -> None:
    assert otp.remove(enrolled)
    assert not otp.remove(enrolled)
    commit()
    assert not otp.is_enrolled(enrolled)


def test_secrets_are_sealed_in_the_database(enrolled: UUID) -> None:
    stored = repr(db.session.execute(text("SELECT * FROM totp_devices")).all())
    assert SECRET not in stored


def test_apps_are_told_who_asks_and_for_whom() -> None:
    uri = otp.uri(SECRET, account_label="zhangwei", issuer_label="Tongxing 通行")
    parsed = pyotp.parse_uri(uri)
    assert (parsed.name, parsed.issuer) == ("zhangwei", "Tongxing 通行")
    assert isinstance(parsed, pyotp.TOTP)
    assert parsed.secret == SECRET
