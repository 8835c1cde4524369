from hypothesis import given
from hypothesis import strategies as st

from idp.identifiers import mod_11_2
from tests.identifiers import numbers


@given(st.text("0123456789", min_size=17, max_size=17))
def test_the_character_is_that_of_the_standard(body: str) -> None:
    assert mod_11_2.is_right(numbers.with_check(body))
    wrong = {character for character in mod_11_2.CHARACTERS if mod_11_2.is_right(body + character)}
    assert len(wrong) == 1
