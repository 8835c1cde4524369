from pathlib import Path

import pytest

from idp.relying_parties import divisions


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("330000", "浙江省"),
        ("330106", "浙江省杭州市西湖区"),
        ("110101", "北京市东城区"),
        ("441900", "广东省东莞市"),
        ("150602001001", "内蒙古自治区鄂尔多斯市东胜区交通街道吉劳庆社区"),
        ("999999", None),
        ("", None),
    ],
)
def test_a_division_is_named_from_the_province_down(code: str, name: str | None) -> None:
    assert divisions.full_name(code) == name


def test_a_missing_table_means_no_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(divisions, "FILE", tmp_path / "none.csv")
    assert divisions.full_name("330000") is None


def test_every_parent_is_in_the_table() -> None:
    table = divisions._table(divisions.FILE)
    assert len(table) > 3000
    assert all(not row.parent or row.parent in table for row in table.values())
