import pytest

from idp.errors import InvalidInput
from idp.identifiers import passport
from tests.identifiers import numbers


@pytest.mark.parametrize(
    ("number", "country", "kept"),
    [
        ("e12345678", "chn", ("E12345678", "CHN")),
        (" C01X 00T47 ", "D", ("C01X00T47", "D")),
        ("123456789", "USA", ("123456789", "USA")),
    ],
)
def test_number_and_country_are_the_key(number: str, country: str, kept: tuple[str, str]) -> None:
    found = passport.parse(number, country)
    assert (found.number, found.country) == kept


def test_the_same_number_of_two_countries_is_two_passports() -> None:
    assert passport.parse("123456789", "USA") != passport.parse("123456789", "GBR")


@pytest.mark.parametrize("number", ["A123", "ABCDEFGH", "E1234567é", *numbers.HOSTILE])
def test_what_is_no_passport_number_is_refused(number: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        passport.parse(number, "CHN")
    assert (caught.value.code, caught.value.field) == ("passport_malformed", "number")


@pytest.mark.parametrize("country", ["", "CN", "中国", "CHINA", "840", "\ud800"])
def test_a_country_is_named_by_its_code(country: str) -> None:
    assert passport.find("E12345678", country) is None
    with pytest.raises(InvalidInput) as caught:
        passport.parse("E12345678", country)
    assert (caught.value.code, caught.value.field) == ("passport_country_malformed", "country")
