"""How long a session lives, by the policy's table (domain §2)."""

from datetime import UTC, datetime, timedelta

import pytest

from idp.level_policy import packaged
from idp.sessions import terms
from idp.sessions.terms import DAY, Terms

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)
HOUR, MINUTE = 3600, 60


@pytest.mark.parametrize(
    ("kind", "level", "own_device", "expected"),
    [
        ("citizen", 2, True, Terms(30 * DAY, 30 * DAY, DAY, HOUR)),
        ("citizen", 2, False, Terms(DAY, DAY, DAY, HOUR)),
        ("citizen", 3, False, Terms(DAY, DAY, DAY, HOUR)),
        ("citizen", 4, True, Terms(30 * DAY, 30 * DAY, 12 * HOUR, 15 * MINUTE)),
        ("official", 3, True, Terms(12 * HOUR, 15 * MINUTE, 12 * HOUR, 15 * MINUTE)),
    ],
)
def test_the_policy_gives_them(kind: str, level: int, own_device: bool, expected: Terms) -> None:
    assert terms.of(packaged.policy(), kind, level, own_device=own_device) == expected


def test_strength_ends_with_age_or_idleness_whichever_is_first() -> None:
    made = Terms(strong_absolute=100, strong_idle=30)
    assert made.strong_until(NOW, NOW) == NOW + timedelta(seconds=30)
    assert made.strong_until(NOW, NOW + timedelta(seconds=90)) == NOW + timedelta(seconds=100)
