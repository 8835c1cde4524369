"""Time: UTC, aware, movable."""

from datetime import UTC, datetime, timedelta

from idp import clock


def test_now_is_utc_and_aware() -> None:
    before = datetime.now(UTC)
    now = clock.now()
    assert now.tzinfo is UTC
    assert before <= now <= datetime.now(UTC)
    assert abs(clock.timestamp() - now.timestamp()) < 2
    assert isinstance(clock.timestamp(), int)


def test_a_test_may_move_it_and_it_comes_back() -> None:
    with clock.shifted(timedelta(days=1)):
        with clock.shifted(timedelta(days=1)):
            assert clock.now() - datetime.now(UTC) > timedelta(days=2) - timedelta(seconds=5)
        assert clock.now() - datetime.now(UTC) < timedelta(days=1, seconds=5)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
