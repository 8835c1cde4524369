import datetime as dt

import pytest
from hypothesis import given

from idp.errors import InvalidInput
from idp.identifiers import citizen_id, foreign_resident
from tests.identifiers import numbers


def test_the_form_of_2023_says_province_country_birth_date_and_sex() -> None:
    found = foreign_resident.parse("933840199001010013")
    assert (found.division, found.country, found.birth_date, found.sex) == (
        "330000",
        "840",
        dt.date(1990, 1, 1),
        "male",
    )


def test_the_form_of_2017_is_valid_and_says_nothing() -> None:
    found = foreign_resident.parse("usa 3301 9001 0112")
    assert found.number == "USA330190010112"
    assert (found.division, found.country, found.birth_date, found.sex) == (None, None, None, None)


@pytest.mark.parametrize(
    "number",
    ["933840199001010014", "933840199013010013", "US3301990010112", "USA33019900101123", *numbers.HOSTILE],
)
def test_what_is_no_card_is_refused(number: str) -> None:
    assert foreign_resident.find(number) is None
    with pytest.raises(InvalidInput) as caught:
        foreign_resident.parse(number)
    assert (caught.value.code, caught.value.field) == ("foreign_resident_malformed", "number")


@given(numbers.foreign_residents)
def test_every_number_of_the_form_of_2023_is_read_back(number: str) -> None:
    found = foreign_resident.parse(number)
    assert (found.number, found.country) == (number, number[3:6])
    assert citizen_id.find(number) is None
