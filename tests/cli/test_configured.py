"""A service does not start on rules of mandates that are wrong; every mistake is said."""

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from idp.cli import configured
from idp.mandates import rules_file


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "mandates.toml"
    file.write_text(rules_file.FILE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(rules_file, "FILE", file)
    rules_file.get.cache_clear()
    yield file
    rules_file.get.cache_clear()


def test_right_rules_pass(rules: Path) -> None:
    configured.check_mandate_rules()


def test_wrong_rules_start_nothing_and_all_mistakes_are_told(rules: Path) -> None:
    text = rules.read_text(encoding="utf-8")
    rules.write_text(
        text.replace("chain = 2", "chain = 0").replace("most = 5", "most = -1"), encoding="utf-8"
    )
    with pytest.raises(click.ClickException) as caught:
        configured.check_mandate_rules()
    assert "chain: must be a whole number, 1 or more" in caught.value.message
    assert "roles.administrator.most: must be a whole number, 0 or more" in caught.value.message
