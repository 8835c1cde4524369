"""The level file that comes with the program: version 1 of every deployment, and what holds before there is one."""

from functools import cache
from pathlib import Path

from idp.assurance import policy_file
from idp.assurance.policy import Policy

FILE = Path(__file__).parents[2] / "config" / "assurance.toml"


@cache
def text() -> str:
    """Return the file's text."""
    return FILE.read_text(encoding="utf-8")


@cache
def policy() -> Policy:
    """Return what it says; raises PolicyError."""
    return policy_file.parse(text())
