import datetime as dt
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from idp.errors import InvalidInput
from idp.identifiers import citizen_id
from tests.identifiers import numbers


@pytest.mark.parametrize(
    ("number", "division", "born", "sex"),
    [
        ("11010519491231002X", "110105", dt.date(1949, 12, 31), "female"),
        ("440524188001010014", "440524", dt.date(1880, 1, 1), "male"),
    ],
)
def test_valid_numbers_say_division_birth_date_and_sex(
    number: str, division: str, born: dt.date, sex: str
) -> None:
    found = citizen_id.parse(number)
    assert (found.number, found.division, found.birth_date, found.sex) == (number, division, born, sex)


@pytest.mark.parametrize(
    "typed", [" 11010519491231002x ", "110105 19491231 002X", "１１０１０５１９４９１２３１００２Ｘ"]
)
def test_a_number_is_read_as_people_type_it(typed: str) -> None:
    assert citizen_id.parse(typed).number == "11010519491231002X"


@pytest.mark.parametrize(
    "number",
    [
        "110105194912310021",  # another check character
        "11010519490231002X",  # no such day
        "110105491231002",  # fifteen digits of the form before 1999
        "1101051949123100X2",
        "810000199001010019",  # a residence permit
        "933840199001010013",  # a foreign permanent resident
        *numbers.HOSTILE,
    ],
)
def test_what_is_no_citizens_number_is_refused(number: str) -> None:
    assert citizen_id.find(number) is None
    with pytest.raises(InvalidInput) as caught:
        citizen_id.parse(number)
    assert caught.value.code == "citizen_id_malformed"
    assert caught.value.field == "number"


@pytest.mark.parametrize("division", ["330113", "330114", "330103", "199999"])
def test_a_division_that_is_new_abolished_or_unknown_is_no_mistake(division: str) -> None:
    """Where python-stdnum fails or refuses."""
    assert citizen_id.parse(numbers.with_check(f"{division}19900101001")).division == division


@given(numbers.citizen_ids)
def test_every_number_of_the_form_is_read_back(number: str) -> None:
    found = citizen_id.parse(number)
    assert found.number == number
    assert found.birth_date.strftime("%Y%m%d") == number[6:14]
    assert (found.sex == "male") == (int(number[16]) % 2 == 1)


@given(numbers.citizen_ids, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_noticed(number: str, at: int, other: str) -> None:
    changed = number[:at] + other + number[at + 1 :]
    if changed != number:
        assert citizen_id.find(changed) is None


@given(numbers.citizen_ids, st.integers(0, 16))
def test_two_neighbours_swapped_are_noticed(number: str, at: int) -> None:
    changed = number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if changed != number:
        assert citizen_id.find(changed) is None


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert len(citizen_id.parse(text).number) == 18


@given(numbers.citizen_ids)
def test_python_stdnum_agrees_on_the_check_character(number: str) -> None:
    """Of its rules only this one is right for every number."""
    assert ric.calc_check_digit(number) == number[-1]
