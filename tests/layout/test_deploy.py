"""What config/deploy says and holds fits the program it deploys."""

import re
from pathlib import Path

import pytest

from idp import schema, settings
from idp.divisions import tree as divisions
from idp.mandates import item, item_theme, rules_file
from idp.relying_parties import trust_mark_rules
from tests.layout import tree

DEPLOY = tree.ROOT / "config" / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
ELLIPSIS = "…"


def handbook_environment() -> dict[str, str]:
    """The environment file that the handbook writes for systemd."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    block = re.search(r"/etc/tongxing/environment <<'ENV'\n(.*?)\nENV\n", text, re.DOTALL)
    assert block
    return dict(line.split("=", 1) for line in block[1].replace(ELLIPSIS, "x").splitlines())


def unit_environment(unit: Path) -> dict[str, str]:
    """What the unit adds to it."""
    lines = re.findall(r"^Environment=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    words = " ".join(lines).replace("%i", "8000").replace("%d", "/run").split()
    return dict(word.split("=", 1) for word in words)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_the_handbooks_settings_are_right_beside_the_repositorys_own_file(unit: Path) -> None:
    """The units run in a checkout, whose settings file is the sandbox's."""
    environment = handbook_environment() | unit_environment(unit)
    found = settings.load(tree.ROOT / "config" / "settings.toml", environment)
    assert found.production


@pytest.mark.parametrize(
    "needed",
    [schema.MIGRATIONS, divisions.FILE, item.FILE, item_theme.FILE, rules_file.FILE, trust_mark_rules.FILE],
    ids=lambda path: path.name,
)
def test_the_image_holds_what_the_program_reads_beside_its_package(needed: Path) -> None:
    place = str(needed.relative_to(tree.ROOT))
    assert re.search(rf"^COPY {place} ./{place}$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert f"!{place}" in (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
