import json
import stat
from pathlib import Path

import pytest

from clients.sites import keys


def entities(folder: Path) -> dict[str, dict[str, object]]:
    return {file.parent.name: json.loads(file.read_text()) for file in sorted(folder.glob("*/entity.json"))}


def test_superiors_are_told_what_they_need_and_nothing_private(tmp_path: Path) -> None:
    keys.prepare({"TONGXING_KEYS": str(tmp_path)})
    found = entities(tmp_path)
    assert list(found) == ["city-fund", "city-housing", "county-registry", "province-portal"]
    county = found["county-registry"]
    assert county["entity_id"] == "http://localhost:8003"
    assert county["authority_hints"] == ["http://localhost:8000/authorities/330106"]
    assert '"d"' not in (tmp_path / "county-registry" / "entity.json").read_text()
    for file in tmp_path.glob("*/*.pem"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_second_time_keeps_the_keys_and_follows_a_move(tmp_path: Path) -> None:
    keys.prepare({"TONGXING_KEYS": str(tmp_path)})
    before = entities(tmp_path)
    keys.prepare({"TONGXING_KEYS": str(tmp_path), "TONGXING_COUNTY_URL": "http://localhost:9003"})
    after = entities(tmp_path)
    assert after["county-registry"]["entity_id"] == "http://localhost:9003"
    assert after["county-registry"]["jwks"] == before["county-registry"]["jwks"]
    assert after["city-fund"] == before["city-fund"]


def test_what_is_wrong_is_told_for_every_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TONGXING_KEYS", str(tmp_path))
    monkeypatch.setenv("TONGXING_ISSUER", "nonsense")
    with pytest.raises(SystemExit) as raised:
        keys.main()
    assert raised.value.code == 1
    told = capsys.readouterr().err
    assert "province-portal" in told
    assert "city-housing" in told
    assert not list(tmp_path.iterdir())
