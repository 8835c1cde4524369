import os
import subprocess
import sys
from pathlib import Path

import pytest

import tongxing_client

ROOT = Path(__file__).resolve().parents[2]
KIT = Path(tongxing_client.__file__).parent.parent


@pytest.mark.parametrize(
    ("module", "environment", "reasons"),
    [
        ("clients.gateway", {}, ["issuer: is missing", "client_id: is missing"]),
        ("clients.legacy", {"TONGXING_PORT": "x"}, ["TONGXING_PORT"]),
        ("clients.sites.city", {"TONGXING_PORT": "x", "TONGXING_KEYS": ""}, ["TONGXING_PORT"]),
    ],
)
def test_what_cannot_be_served_says_each_reason_on_a_line_of_its_own(
    tmp_path: Path, module: str, environment: dict[str, str], reasons: list[str]
) -> None:
    empty = tmp_path / "gateway.toml"
    empty.touch()
    ended = subprocess.run(
        [sys.executable, "-m", module, *([str(empty)] if module == "clients.gateway" else [])],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{KIT}", **environment},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    lines = ended.stderr.splitlines()
    for reason in reasons:
        assert sum(reason in line for line in lines) == 1
    assert len(lines) >= len(reasons)


def test_the_gateway_needs_its_file() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "clients.gateway"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{KIT}"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("usage: ")
