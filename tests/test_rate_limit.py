"""Limits, counted in the ephemeral store."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from idp import clock, rate_limit
from idp.ephemeral.database import DatabaseStore
from idp.ephemeral.store import EPHEMERAL
from idp.errors import TooMany


@pytest.fixture(autouse=True)
def _context(tmp_path: Path) -> Iterator[None]:
    app = Flask("test")
    store = DatabaseStore(f"sqlite:///{tmp_path / 'main.sqlite3'}")
    EPHEMERAL.set(app, store)
    with app.app_context():
        yield
    store.close()


def test_as_many_as_the_limit_are_allowed() -> None:
    assert [rate_limit.count("login:a", 3, 60) for _ in range(5)] == [None, None, None, 60, 60]
    assert rate_limit.count("login:b", 3, 60) is None


def test_check_says_which_limit_and_when_to_come_back_but_not_who() -> None:
    rate_limit.check("login:198.51.100.7", 1, 60)
    with pytest.raises(TooMany) as caught:
        rate_limit.check("login:198.51.100.7", 1, 60)
    error = caught.value
    assert (error.code, error.detail, error.retry_after) == ("too_many_requests", "login", 60)
    assert "198.51.100.7" not in str(error)


def test_the_window_ends() -> None:
    rate_limit.check("login:a", 1, 60)
    with clock.shifted(timedelta(seconds=61)):
        rate_limit.check("login:a", 1, 60)


def test_asking_does_not_count() -> None:
    assert rate_limit.is_reached("login:a", 1) is False
    assert rate_limit.count("login:a", 1, 60) is None
    assert rate_limit.is_reached("login:a", 1) is True
    assert rate_limit.is_reached("login:a", 2) is False


def test_a_success_forgets() -> None:
    rate_limit.check("login:a", 1, 60)
    rate_limit.forget("login:a")
    rate_limit.check("login:a", 1, 60)


def test_a_hashed_part_tells_nobody_and_fits_a_key() -> None:
    assert rate_limit.hashed("+8613800138000") == rate_limit.hashed("+8613800138000")
    assert rate_limit.hashed("+8613800138000") != rate_limit.hashed("+8613800138001")
    assert rate_limit.hashed("键\udcff" * 1000).isascii()
    assert len(rate_limit.hashed("")) == 32
