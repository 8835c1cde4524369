from uuid import UUID, uuid4

import pytest
from flask import Flask

from idp.authenticators import code_limit, known_device
from idp.db import commit
from idp.errors import TooMany
from idp.setting_sections import Limits
from idp.settings import SETTINGS

HOME = "browser-at-home"
STRANGER = "browser-of-a-stranger"
DAY = 86_400


@pytest.fixture
def zhangwei(context: Flask, account_id: UUID) -> UUID:
    known_device.remember(account_id, HOME)
    commit()
    return account_id


@pytest.fixture
def only_the_day_counts(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that never fills, and a day that soon does."""
    limits = Limits(code_attempts=1000, code_attempts_day=7)
    settings = SETTINGS.get().model_copy(update={"limits": limits})
    monkeypatch.setitem(context.extensions, "tongxing.settings", settings)


def guess(account_id: UUID, device: str, times: int) -> None:
    for _ in range(times):
        code_limit.count(account_id, device)


def retry_after(account_id: UUID, device: str) -> int | None:
    with pytest.raises(TooMany) as refused:
        code_limit.count(account_id, device)
    return refused.value.retry_after


def test_a_stranger_is_stopped_in_whatever_browser(zhangwei: UUID) -> None:
    for number in range(5):
        guess(zhangwei, f"{STRANGER}-{number}", 1)
    assert retry_after(zhangwei, STRANGER) == 300
    guess(uuid4(), STRANGER, 1)


def test_a_stranger_never_locks_the_person_out_of_a_known_browser(zhangwei: UUID) -> None:
    guess(zhangwei, STRANGER, 5)
    assert retry_after(zhangwei, STRANGER)
    guess(zhangwei, HOME, 5)


def test_a_known_browser_may_not_guess_for_ever_either_and_locks_only_itself(zhangwei: UUID) -> None:
    known_device.remember(zhangwei, "phone")
    guess(zhangwei, HOME, 5)
    assert retry_after(zhangwei, HOME)
    guess(zhangwei, "phone", 1)
    guess(zhangwei, STRANGER, 1)


def test_a_browser_of_somebody_else_is_a_strangers(zhangwei: UUID) -> None:
    known_device.remember(uuid4(), STRANGER)
    guess(zhangwei, "another", 5)
    assert retry_after(zhangwei, STRANGER)


def test_a_right_code_starts_over(zhangwei: UUID, only_the_day_counts: None) -> None:
    for device in (STRANGER, HOME):
        guess(zhangwei, device, 6)
        tried = code_limit.count(zhangwei, device)
        code_limit.forget(tried)
        guess(zhangwei, device, 7)
        assert retry_after(zhangwei, device)


def test_a_day_has_a_limit_too(zhangwei: UUID, only_the_day_counts: None) -> None:
    guess(zhangwei, STRANGER, 7)
    assert retry_after(zhangwei, STRANGER) == DAY
    assert retry_after(zhangwei, "another") == DAY
    guess(zhangwei, HOME, 7)
