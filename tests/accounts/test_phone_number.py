import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts import phone_number
from idp.errors import InvalidInput

MAINLAND = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
SEPARATORS = st.text(alphabet=" -().·/\u3000\u00a0\u202d\u202c", max_size=2)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13800138000", "+8613800138000"),
        ("138 0013 8000", "+8613800138000"),
        ("１３８００１３８０００", "+8613800138000"),
        ("+86 138-0013-8000", "+8613800138000"),
        ("0086 138 0013 8000", "+8613800138000"),
        ("8613800138000", "+8613800138000"),
        ("\u202d+86 138 0013 8000\u202c", "+8613800138000"),
        ("+852 5123 4567", "+85251234567"),
        ("00852 51234567", "+85251234567"),
        ("+1 (650) 253-0000", "+16502530000"),
        ("+13800138000", "+13800138000"),
    ],
)
def test_typed_forms_become_one(typed: str, stored: str) -> None:
    assert phone_number.get(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1",
        "12800138000",  # no mobile network begins with 12
        "1380013800",
        "138001380000",
        "+86 10 6552 9988",  # a fixed line receives no SMS
        "013800138000",
        "51234567",  # of which country?
        "+0123456789",
        "+1234567890123456",
        "+",
        "++8613800138000",
        "13800138000\0",
        "13800138000;ext=1",
        "١٣٨٠٠١٣٨٠٠٠",
        "📱13800138000",
        "\ud83d13800138000",
        "1" * 100_000,
        "zhangwei",
    ],
)
def test_what_is_no_mobile_number_is_refused(typed: str) -> None:
    assert phone_number.find(typed) is None
    with pytest.raises(InvalidInput) as refused:
        phone_number.get(typed)
    assert (refused.value.code, refused.value.field) == ("phone_malformed", "phone")


@given(
    number=MAINLAND,
    noise=st.lists(SEPARATORS, min_size=11, max_size=11),
    prefix=st.sampled_from(["", "+86", "86"]),
)
def test_separators_mean_nothing(number: str, noise: list[str], prefix: str) -> None:
    typed = prefix + "".join(digit + mark for digit, mark in zip(number, noise, strict=True))
    assert phone_number.find(typed) == (f"+86{number}" if len(typed) <= phone_number.LONGEST_TYPED else None)


@given(st.text())
def test_any_text_gives_a_number_or_nothing_and_a_number_is_its_own_form(text: str) -> None:
    number = phone_number.find(text)
    if number is not None:
        assert phone_number.find(number) == number
        assert number.startswith("+")
        assert number[1:].isascii()
        assert number[1:].isdigit()


@given(st.from_regex(r"\+?[0-9]{5,17}", fullmatch=True))
def test_a_number_found_is_found_again(text: str) -> None:
    number = phone_number.find(text)
    if number is not None:
        assert phone_number.find(number) == number
        assert 8 <= len(number) <= 16


@pytest.mark.parametrize(
    ("number", "shown"), [("+8613800138000", "138****8000"), ("+85251234567", "+852 ****567")]
)
def test_masked_numbers_are_recognised_by_their_owner(number: str, shown: str) -> None:
    assert phone_number.masked(number) == shown
