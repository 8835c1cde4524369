from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.mandates import age

days = st.dates(min_value=date(1930, 1, 1), max_value=date(2030, 12, 31))
BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=25_000)).map(lambda later: BEGINNING + later)


@pytest.mark.parametrize(
    ("birthdate", "now", "expected"),
    [
        # Midnight in Shanghai is 16:00 the day before in UTC.
        (date(2018, 5, 4), datetime(2026, 5, 3, 15, 59, 59, tzinfo=UTC), 7),
        (date(2018, 5, 4), datetime(2026, 5, 3, 16, tzinfo=UTC), 8),
        (date(2018, 5, 4), datetime(2026, 5, 4, 16, tzinfo=UTC), 8),
        (date(2012, 2, 29), datetime(2026, 2, 28, 15, 59, 59, tzinfo=UTC), 13),
        (date(2012, 2, 29), datetime(2026, 2, 28, 16, tzinfo=UTC), 14),
        (date(2012, 2, 29), datetime(2028, 2, 28, 16, tzinfo=UTC), 16),
        (date(2030, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), 0),
    ],
)
def test_an_age_is_reached_at_midnight_in_shanghai(birthdate: date, now: datetime, expected: int) -> None:
    assert age.years(birthdate, now) == expected


@given(days, st.integers(0, 100))
def test_reached_is_the_first_moment_of_the_age(birthdate: date, years: int) -> None:
    moment = age.reached(birthdate, years)
    assert age.years(birthdate, moment) == years
    if years:
        assert age.years(birthdate, moment - timedelta(microseconds=1)) == years - 1


@given(days, moments, st.timedeltas(timedelta(0), timedelta(days=20_000)))
def test_nobody_grows_younger(birthdate: date, now: datetime, later: timedelta) -> None:
    assert age.years(birthdate, now) <= age.years(birthdate, now + later)
