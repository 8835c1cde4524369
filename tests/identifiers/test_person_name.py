import pytest
from hypothesis import given
from hypothesis import strategies as st

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
