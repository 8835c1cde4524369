import pytest
from hypothesis import given

from idp.errors import InvalidInput
from idp.identifiers import citizen_id, residence_permit
from tests.identifiers import numbers


@pytest.mark.parametrize("number", ["810000199001010019", "820000199001010010", "830000199001010012"])
def test_permits_are_read(number: str) -> None:
    found = residence_permit.parse(number)
    assert (found.number, found.birth_date.isoformat(), found.division) == (number, "1990-01-01", number[:6])


@pytest.mark.parametrize("number", ["11010519491231002X", "810000199001010018", *numbers.HOSTILE])
def test_what_is_no_permit_is_refused(number: str) -> None:
    assert residence_permit.find(number) is None
    with pytest.raises(InvalidInput) as caught:
        residence_permit.parse(number)
    assert (caught.value.code, caught.value.field) == ("residence_permit_malformed", "number")


@given(numbers.permits)
def test_no_number_is_both_a_permit_and_a_citizens(number: str) -> None:
    assert residence_permit.parse(number).number == number
    assert citizen_id.find(number) is None


@given(numbers.citizen_ids)
def test_no_citizens_number_is_a_permit(number: str) -> None:
    assert residence_permit.find(number) is None
