from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from clients.sites import made_up


@given(sub=st.text(max_size=40), low=st.integers(-1000, 1000), span=st.integers(0, 1000))
def test_numbers_are_in_bounds_and_always_the_same(sub: str, low: int, span: int) -> None:
    drawn = made_up.MadeUp("city", sub).number("x", low, low + span)
    assert low <= drawn <= low + span
    assert drawn == made_up.MadeUp("city", sub).number("x", low, low + span)


def test_people_sites_and_draws_differ() -> None:
    drawn = {
        made_up.MadeUp(site, sub).number(name, 0, 2**60)
        for site in ("city", "county")
        for sub in ("a", "b")
        for name in ("x", "y")
    }
    assert len(drawn) == 8


def test_one_of_them_is_chosen() -> None:
    assert made_up.MadeUp("city", "a").one_of("x", ("only",)) == "only"


def test_months_go_back_over_the_year() -> None:
    assert made_up.months_before(date(2026, 2, 28), 3) == ["2026-01", "2025-12", "2025-11"]
    assert made_up.months_before(date(2026, 1, 1), 1) == ["2025-12"]


def test_amounts_are_written_as_people_read_them() -> None:
    assert made_up.yuan(123_450) == "¥1,234.50"
    assert made_up.yuan(5) == "¥0.05"
