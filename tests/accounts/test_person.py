import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts import person
from idp.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("zhangwei", "zhangwei"),
        (" ZhangWei ", "zhangwei"),
        ("ｚｈａｎｇ", "zhang"),
        ("li.na-1_2", "li.na-1_2"),
    ],
)
def test_user_names_are_lower_case(typed: str, stored: str) -> None:
    assert person.get_username(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "a" * 33,
        "13800138000",
        "....",
        "zhang wei",
        "zhang@wei",
        "张伟张伟",
        "zhаngwei",
        "zhang\0wei",
        "zhangwei" + " " * 100_000 + "x",
        "z" * 100_000,
        "zhang😀",
        "\u202ezhangwei",
        "\ud800zhangwei",
    ],
)
def test_other_user_names_are_refused(typed: str) -> None:
    assert person.find_username(typed) is None
    with pytest.raises(InvalidInput) as refused:
        person.get_username(typed)
    assert refused.value.field == "username"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("张伟", "张伟"),
        ("  张　伟 ", "张 伟"),
        ("阿依努尔•买买提", "阿依努尔·买买提"),
        ("阿依努尔・买买提", "阿依努尔·买买提"),
        ("Anne-Marie O'Neil, Jr. (née Šimůnek)", "Anne-Marie O'Neil, Jr. (née Šimůnek)"),
        ("𠮷野家", "𠮷野家"),
        ("བསྟན་འཛིན", "བསྟན་འཛིན"),
        ("王" * 100, "王" * 100),
    ],
)
def test_names_of_many_scripts_are_kept_whole(typed: str, stored: str) -> None:
    assert person.get_name(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_missing"),
        (" \t\u3000", "name_missing"),
        ("王" * 101, "name_too_long"),
        ("王" * 1_000_000, "name_too_long"),
        ("张伟\0", "name_malformed"),
        ("张\u202e伟", "name_malformed"),
        ("张\u200b伟", "name_malformed"),
        ("张伟😀", "name_malformed"),
        ("张\ud800伟", "name_malformed"),
        ("张\ue000伟", "name_malformed"),
        ("<b>张伟</b>", "name_malformed"),
        ("12345", "name_malformed"),
    ],
)
def test_what_is_no_name_is_refused(typed: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        person.get_name(typed)
    assert (refused.value.code, refused.value.field) == (code, "name")


@given(st.text())
def test_any_name_is_stored_in_one_form_or_refused(text: str) -> None:
    try:
        name = person.get_name(text)
    except InvalidInput:
        return
    assert person.get_name(name) == name


@given(st.text())
def test_any_user_name_is_stored_in_one_form_or_refused(text: str) -> None:
    name = person.find_username(text)
    assert name is None or person.find_username(name) == name


@pytest.mark.parametrize("day", ["1990-01-01", "2000-02-29", "1870-01-01"])
def test_birthdays(day: str) -> None:
    assert person.get_birthdate(day) == day


@pytest.mark.parametrize(
    "day", ["", "1990-1-1", "19900101", "2001-02-29", "1869-12-31", "１990-01-01", "1990-01-01\0"]
)
def test_what_is_no_day_is_refused(day: str) -> None:
    with pytest.raises(InvalidInput):
        person.get_birthdate(day)


def test_genders_and_locales_are_closed_lists() -> None:
    assert person.get_gender("female") == "female"
    assert person.get_locale("en") == "en"
    with pytest.raises(InvalidInput):
        person.get_gender("x")
    with pytest.raises(InvalidInput):
        person.get_locale("fr")
