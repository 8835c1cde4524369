from pathlib import Path

import pytest

from idp.relying_parties import division


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330000", "浙江省"),
        ("330106", "浙江省 杭州市 西湖区"),
        ("110101", "北京市 东城区"),
        ("441900", "广东省 东莞市"),
        ("150602001001", "内蒙古自治区 鄂尔多斯市 东胜区 交通街道 吉劳庆社区"),
        ("999999", None),
        ("", None),
    ],
)
def test_a_division_is_named_from_the_province_down(code: str, name: str | None) -> None:
    assert division.find_name(code) == name


def test_a_missing_table_means_no_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(division, "FILE", tmp_path / "none.csv")
    assert division.find_name("330000") is None


def test_every_parent_is_in_the_table() -> None:
    table = division._divisions(division.FILE)
    assert len(table) > 3000
    assert all(not parent or parent in table for _, parent in table.values())
