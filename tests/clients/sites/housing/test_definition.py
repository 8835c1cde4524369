from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from clients.sites import directory
from clients.sites.housing.definition import HOUSING


@given(sub=st.text(max_size=60), today=st.dates(date(2026, 1, 1), date(2040, 12, 31)))
def test_anybody_gets_whole_records_and_always_the_same(sub: str, today: date) -> None:
    made = HOUSING.records(sub, today)
    assert made == HOUSING.records(sub, today)
    assert len(made.figures) == 4
    for table in made.tables:
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}
        assert all(column < len(table.columns) for column in table.numeric)


def test_it_is_in_the_directory() -> None:
    assert [site.port for site in directory.SITES if site.key == HOUSING.key] == [HOUSING.port]


def test_either_of_two_superiors_vouches_for_it() -> None:
    assert HOUSING.superiors == ("330100", "mohurd-330000")
