"""`idp init` and `idp migrate`: from nothing to a provider, again without harm, refused without traces."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli import running_program
from tests.cli.running_program import IDP, ROOT
from tests.ground import database_url

__all__ = ["database_url"]

PLAIN = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "IDP_SANDBOX": "true", "LANG": "C.UTF-8"}
# What runs here counts too.
PLAIN |= {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return PLAIN | {
        "IDP_DATABASE_URL": f"sqlite:///{tmp_path / 'main.sqlite3'}",
        "IDP_MASTER_KEY_FILE": str(tmp_path / "keys" / "master.key"),
    }


@pytest.fixture
def on_each(settings: dict[str, str], database_url: str) -> dict[str, str]:
    return settings | {"IDP_DATABASE_URL": database_url}


@pytest.mark.slow
def test_from_nothing_and_again(tmp_path: Path, on_each: dict[str, str]) -> None:
    first = running_program.run(on_each, tmp_path, "init", "--sandbox")
    assert first.returncode == 0, first.stderr
    for said in ("made", "migrated 0001", "4 secrets, 8 signing keys", "14 people planted, 0 sites"):
        assert said in first.stdout
    key = tmp_path / "keys" / "master.key"
    sealed = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    second = running_program.run(on_each, tmp_path, "init", "--sandbox")
    assert second.stdout.splitlines() == [
        "database: up to date",
        "keys: there",
        "levels: there",
        "sandbox: there",
    ]
    assert key.read_bytes() == sealed
    code = running_program.run(on_each, tmp_path, "sandbox", "totp", "zhangwei").stdout.strip()
    assert code.isdigit()
    assert len(code) == 6


@pytest.mark.slow
def test_several_at_once_make_one_set_of_keys(tmp_path: Path, on_each: dict[str, str]) -> None:
    processes = [
        subprocess.Popen((*IDP, "init"), env=on_each, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = "".join(process.communicate(timeout=60)[0] for process in processes)
    assert [process.returncode for process in processes] == [0, 0]
    assert said.count("8 signing keys") == 1
    assert said.count("master key: made") == 1


def test_out_of_the_box_everything_lies_under_var(tmp_path: Path) -> None:
    done = running_program.run(PLAIN, tmp_path, "init")
    assert done.returncode == 0, done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["var"]
    assert {"master.key", "tongxing.sqlite3"} <= {path.name for path in (tmp_path / "var").iterdir()}
    for file in (tmp_path / "var").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_another_databases_master_key_is_refused(tmp_path: Path, settings: dict[str, str]) -> None:
    assert running_program.run(settings, tmp_path, "init").returncode == 0
    other = tmp_path / "other.key"
    refused = running_program.run(settings | {"IDP_MASTER_KEY_FILE": str(other)}, tmp_path, "init")
    assert refused.returncode == 1
    assert "is not the key that sealed this database" in refused.stderr
    assert not other.exists()


def test_the_sandbox_is_not_planted_elsewhere(tmp_path: Path, settings: dict[str, str]) -> None:
    production = settings | {
        "IDP_SANDBOX": "false",
        "IDP_ISSUER": "https://id.example",
        "IDP_DATABASE_URL": "postgresql://127.0.0.1:1/x",
        "IDP_REDIS_URL": "redis://127.0.0.1:1",
        "IDP_SMS__URL": "https://sms.example",
    }
    for arguments in (("init", "--sandbox"), ("sandbox", "totp", "zhangwei")):
        refused = running_program.run(production, tmp_path, *arguments)
        assert refused.returncode == 1
        assert "sandbox = false" in refused.stderr
    assert list(tmp_path.iterdir()) == [] or not (tmp_path / "keys").exists()


@pytest.mark.slow
@pytest.mark.integration
def test_what_was_a_sandbox_once_never_serves_in_production(
    tmp_path: Path, settings: dict[str, str], postgresql_url: str, redis_url: str
) -> None:
    """The passwords of its people stand in the documentation."""
    sandbox = settings | {"IDP_DATABASE_URL": postgresql_url}
    production = sandbox | {
        "IDP_SANDBOX": "false",
        "IDP_ISSUER": "https://id.example",
        "IDP_REDIS_URL": redis_url,
        "IDP_SMS__URL": "https://sms.example",
    }
    assert running_program.run(production, tmp_path, "init").returncode == 0
    with running_program.serving(production, tmp_path / "log") as server:
        assert server.client.get("/readyz").is_success
    assert running_program.run(sandbox, tmp_path, "init", "--sandbox").returncode == 0
    for command in ("serve", "worker", "init"):
        refused = running_program.run(production, tmp_path, command)
        assert refused.returncode == 1, command
        assert "sandbox data" in refused.stderr
        assert "沙箱" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert running_program.run(sandbox, tmp_path, "init").returncode == 0


@pytest.mark.slow
@pytest.mark.integration
def test_production_does_not_start_on_a_database_that_cannot_tell(
    tmp_path: Path, settings: dict[str, str], postgresql_url: str
) -> None:
    production = settings | {
        "IDP_SANDBOX": "false",
        "IDP_ISSUER": "https://id.example",
        "IDP_REDIS_URL": "redis://127.0.0.1:1",
        "IDP_SMS__URL": "https://sms.example",
    }
    assert running_program.run(settings, tmp_path, "init").returncode == 0  # a master key
    for url, reason in (
        (postgresql_url, "UndefinedTable"),
        ("postgresql://nobody@127.0.0.1:1/none", "OperationalError"),
    ):
        for command in ("serve", "worker"):
            refused = running_program.run(production | {"IDP_DATABASE_URL": url}, tmp_path, command)
            assert refused.returncode == 1, command
            assert reason in refused.stderr
            assert "idp init" in refused.stderr
            assert "Traceback" not in refused.stderr


def test_a_database_that_is_away_leaves_no_new_key(tmp_path: Path, settings: dict[str, str]) -> None:
    away = settings | {"IDP_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    for command in ("init", "migrate"):
        refused = running_program.run(away, tmp_path, command)
        assert refused.returncode == 1
        assert "nothing was changed: OperationalError" in refused.stderr
        assert "Traceback" not in refused.stderr
    assert not (tmp_path / "keys" / "master.key").exists()


def test_a_key_file_that_cannot_be_made_is_said(tmp_path: Path, settings: dict[str, str]) -> None:
    (tmp_path / "keys").write_text("in the way", encoding="ascii")
    refused = running_program.run(settings, tmp_path, "init")
    assert refused.returncode == 1
    assert "Error: " in refused.stderr
    assert "Traceback" not in refused.stderr


def test_migrate_says_what_it_did(tmp_path: Path, settings: dict[str, str]) -> None:
    assert "database: migrated 0001" in running_program.run(settings, tmp_path, "migrate").stdout
    assert running_program.run(settings, tmp_path, "migrate").stdout.strip() == "database: up to date"
    unprepared = running_program.run(settings, tmp_path, "keys", "list")
    assert unprepared.returncode == 1
    assert "no master key here" in unprepared.stderr
