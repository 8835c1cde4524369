import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identifiers import birth_date


@pytest.mark.parametrize("eight", ["19000229", "20230230", "18691231", "00000000", "99991301"])
def test_no_such_day_is_none(eight: str) -> None:
    assert birth_date.find(eight) is None


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        (dt.date(2008, 3, 1), dt.date(2026, 2, 28), 17),
        (dt.date(2008, 3, 1), dt.date(2026, 3, 1), 18),
        (dt.date(2008, 2, 29), dt.date(2026, 2, 28), 17),
        (dt.date(2008, 2, 29), dt.date(2026, 3, 1), 18),
        (dt.date(2026, 1, 1), dt.date(2026, 1, 1), 0),
    ],
)
def test_age_changes_on_the_birthday(born: dt.date, day: dt.date, years: int) -> None:
    assert birth_date.age(born, day) == years


def test_the_day_of_law_begins_in_shanghai() -> None:
    assert birth_date.today(dt.datetime(2026, 2, 28, 15, 59, 59, tzinfo=dt.UTC)) == dt.date(2026, 2, 28)
    assert birth_date.today(dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)) == dt.date(2026, 3, 1)


@given(st.dates(dt.date(1900, 1, 1)), st.integers(0, 40_000))
def test_age_never_falls(born: dt.date, days: int) -> None:
    try:
        day = born + dt.timedelta(days)
        later = day + dt.timedelta(1)
    except OverflowError:
        return
    assert 0 <= birth_date.age(born, day) <= birth_date.age(born, later) <= birth_date.age(born, day) + 1
