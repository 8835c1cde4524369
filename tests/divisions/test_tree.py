from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.divisions import tree

codes = st.sampled_from(sorted(tree._divisions(tree.FILE)))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330000", "浙江省"),
        ("330106", "浙江省 杭州市 西湖区"),
        ("110101", "北京市 东城区"),
        ("441900", "广东省 东莞市"),
        ("469001", "海南省 五指山市"),
        ("150602001001", "内蒙古自治区 鄂尔多斯市 东胜区 交通街道 吉劳庆社区"),
        ("999999", None),
        ("", None),
    ],
)
def test_a_division_is_named_from_the_province_down(code: str, name: str | None) -> None:
    assert tree.full_name(code) == name


def test_a_missing_table_means_no_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tree, "FILE", tmp_path / "none.csv")
    assert tree.find("330000") is None
    assert tree.full_name("330000") is None
    assert tree.children("") == ()


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("330106", "province", "330000"),
        ("330106", "prefecture", "330100"),
        ("330106", "village", "330106"),
        ("110101", "prefecture", "110000"),
        ("469001", "prefecture", "460000"),
        ("441900", "county", "441900"),
        ("150602001001", "township", "150602001"),
    ],
)
def test_an_ancestor_is_taken_at_a_level_and_never_below(code: str, level: str, expected: str) -> None:
    found = tree.ancestor_at(code, level)
    assert found is not None
    assert found.code == expected


def test_what_is_unknown_has_no_ancestor() -> None:
    assert tree.ancestor_at("999999", "province") is None
    assert tree.path("999999") == ()


def test_every_division_of_the_country_is_reached_from_the_top() -> None:
    reached, waiting = 0, [""]
    while waiting:
        below = tree.children(waiting.pop())
        reached += len(below)
        waiting += [division.code for division in below]
    assert reached == len(tree._divisions(tree.FILE)) > 3000


@given(codes)
def test_paths_begin_with_a_province_and_get_narrower(code: str) -> None:
    path = tree.path(code)
    assert path[-1].code == code
    assert path[0].level == "province"
    assert [division.level for division in path] == sorted(
        (division.level for division in path), key=tree.LEVELS.index
    )
    assert all(code in {child.code for child in tree.children(division.parent)} for division in path[-1:])
