import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.accounts import person
from idp.errors import InvalidInput
from idp.identifiers import person_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阿依努尔·买买提", "阿依努尔•买买提"),
        ("阿依努尔·买买提", "阿依努尔･买买提"),
        ("阿依努尔·买买提", " 阿依努尔 · 买买提 "),
        ("张伟", "张　伟"),
        ("张伟", "张\u200b伟"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "JOHN  SMITH"),
        ("José", "Jose\u0301"),
    ],
)
def test_spellings_of_one_name_are_the_same(one: str, other: str) -> None:
    assert person_name.is_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", "张玮"),
        ("阿依努尔·买买提", "阿依努尔买买提"),
        ("阿依努尔·买买提", "阿依努尔"),
        ("John Smith", "JohnSmith"),
        ("José", "Jose"),
        ("", ""),
        (" ", "\t"),
        ("x" * 10_000, "x" * 10_000),
    ],
)
def test_other_names_are_not(one: str, other: str) -> None:
    assert not person_name.is_same(one, other)


@given(st.text(max_size=100))
def test_comparing_again_changes_nothing(name: str) -> None:
    form = person_name.comparable(name)
    assert person_name.comparable(form) == form
    assert person_name.is_same(name, form) == bool(form)


@pytest.mark.parametrize("invisible", ["\u3164", "\u1160", "\ufe00", "\U000e0100", "\u034f", "\u180b"])
def test_letters_and_marks_that_nobody_sees_make_no_other_name(invisible: str) -> None:
    assert person_name.is_same(f"李{invisible}娜", "李娜")
    assert not person_name.is_same(invisible, invisible)
    assert person.get_name(f"李{invisible}娜") == "李娜"
    with pytest.raises(InvalidInput, match="name_missing"):
        person.get_name(invisible)


@pytest.mark.parametrize("dot", [*"•・･‧∙⋅●．", "·"])
def test_a_stored_name_is_the_one_that_registers_compare(dot: str) -> None:
    typed = f"阿依努尔{dot}买买提"
    assert person.get_name(typed) == "阿依努尔·买买提"
    assert person_name.is_same(person.get_name(typed), typed)
