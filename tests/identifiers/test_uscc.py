from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from idp.errors import InvalidInput
from idp.identifiers import uscc
from tests.identifiers import numbers


@pytest.mark.parametrize(
    ("number", "division", "organization"),
    [
        ("91330106MA28FAKE9N", "330106", "MA28FAKE9"),
        ("113300000024567818", "330000", "002456781"),
        ("N2330106MF0FAKE15A", "330106", "MF0FAKE15"),
    ],
)
def test_valid_codes_say_who_and_where(number: str, division: str, organization: str) -> None:
    found = uscc.parse(number.lower())
    assert (found.number, found.division, found.organization_code) == (number, division, organization)
    assert (found.authority, found.category) == (number[0], number[1])


@pytest.mark.parametrize(
    "number",
    [
        "91330106MA28FAKE9M",  # outer check
        "91330106MA28FAKE9",
        "9133O106MA28FAKE9N",  # a letter that codes never have
        "91330I06MA28FAKE9N",
        *numbers.HOSTILE,
    ],
)
def test_what_is_no_code_is_refused(number: str) -> None:
    assert uscc.find(number) is None
    with pytest.raises(InvalidInput) as caught:
        uscc.parse(number)
    assert (caught.value.code, caught.value.field) == ("uscc_malformed", "uscc")


def test_the_check_of_the_organisation_inside_counts_too() -> None:
    """Where python-stdnum looks at the outer check only."""
    body = "91330106MA28FAKE8"
    number = body + uscc.check_character(body)
    assert stdnum_uscc.is_valid(number)
    assert uscc.find(number) is None


@given(numbers.usccs)
def test_every_code_of_the_form_is_read_back(number: str) -> None:
    assert uscc.parse(number).number == number


@given(numbers.usccs, st.integers(0, 17), st.sampled_from(uscc.ALPHABET))
def test_one_wrong_character_is_noticed(number: str, at: int, other: str) -> None:
    changed = number[:at] + other + number[at + 1 :]
    if changed != number:
        assert uscc.find(changed) is None


@given(numbers.usccs)
def test_python_stdnum_agrees_on_the_outer_check(number: str) -> None:
    assert stdnum_uscc.calc_check_digit(number) == number[-1]


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert len(uscc.parse(text).number) == 18
