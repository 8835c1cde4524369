"""`idp settings`."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from idp.cli import settings as command
from idp.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    for name in list(__import__("os").environ):
        if name.startswith("IDP_"):
            monkeypatch.delenv(name)
    return iter([None])


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(command.command, arguments)


def test_the_example_in_the_repository_is_fresh() -> None:
    kept = (ROOT / "config" / "settings.example.toml").read_text(encoding="utf-8")
    assert run("example").stdout == kept, "idp settings example > config/settings.example.toml"


def test_the_example_holds_every_setting_with_its_default() -> None:
    parsed = tomllib.loads(command.render())
    default = Settings(sandbox=True).model_dump(mode="json") | {"sandbox": False}
    assert parsed == default


def test_what_the_repository_ships_is_the_sandbox() -> None:
    result = run("check", str(ROOT / "config" / "settings.toml"))
    assert (result.exit_code, result.stdout) == (
        0,
        "settings are right 配置无误: sandbox, http://localhost:8000\n",
    )


def test_every_mistake_is_said_at_once() -> None:
    result = run(
        "check",
        IDP_SANDBOX="true",
        IDP_ISSUR="x",
        IDP_ISSUER="http://a.example",
        IDP_SERVING__PORT="0",
        IDP_REDIS_URL="y",
    )
    assert result.exit_code == 1
    for said in ("issur: unknown setting", "issuer: plain http", "serving.port:", "redis_url: must begin"):
        assert said in result.stderr


def test_production_is_strict() -> None:
    result = run("check", IDP_SANDBOX="false")
    assert result.exit_code == 1
    for said in ("issuer: production needs https", "needs PostgreSQL", "needs Redis"):
        assert said in result.stderr


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    result = run("check", str(tmp_path / "none.toml"))
    assert result.exit_code == 1
    assert "none.toml" in result.stderr


def test_json_tells_no_secret() -> None:
    result = run(
        "check",
        "--json",
        IDP_SANDBOX="true",
        IDP_DATABASE_URL="postgresql://u:s3cret@db/x",
        IDP_REDIS_URL="redis://:s3cret@r",
        IDP_SMS__TOKEN="s3cret",
        IDP_SERVING__METRICS_TOKEN="s3cret",
    )
    shown = json.loads(result.stdout)
    assert "s3cret" not in result.stdout
    assert (shown["database_url"], shown["redis_url"]) == ("postgresql+psycopg", "redis")
    assert (shown["sms"]["token"], shown["serving"]["metrics_token"]) == (True, True)
