import pytest

from idp.errors import InvalidInput
from idp.identifiers import division_code
from tests.identifiers import numbers


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("330106", "330106"),
        ("330106000000", "330106"),
        ("330106001000", "330106001"),
        ("330106001", "330106001"),
        ("330106001002", "330106001002"),
        (" 33-01-06 ", "330106"),
        ("999999", "999999"),
    ],
)
def test_a_code_has_one_form(typed: str, code: str) -> None:
    assert division_code.parse(typed) == code


@pytest.mark.parametrize("typed", ["33", "3301060", "030106", "3301060010021", "33010a", *numbers.HOSTILE])
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert division_code.find(typed) is None
    with pytest.raises(InvalidInput) as caught:
        division_code.parse(typed)
    assert (caught.value.code, caught.value.field) == ("division_code_malformed", "division_code")
