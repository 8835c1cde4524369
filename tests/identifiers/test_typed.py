import pytest

from idp.identifiers import typed


@pytest.mark.parametrize(
    ("number", "shown"), [("E12345678", "E*******8"), ("12", "**"), ("1", "*"), ("", "")]
)
def test_masking_never_shows_a_short_number(number: str, shown: str) -> None:
    assert typed.masked(number) == shown


@pytest.mark.parametrize("text", ["ı1", "ß1"])
def test_no_letter_is_made_of_what_is_none(text: str) -> None:
    assert typed.normalized(text) == text
