"""The limits in force: config/mandates.toml, read once."""

from functools import cache
from pathlib import Path

from idp.mandates import rules
from idp.mandates.rules import Rules, RulesError

__all__ = ["FILE", "RulesError", "get"]

FILE = Path(__file__).parents[2] / "config" / "mandates.toml"


@cache
def get() -> Rules:
    """Return the rules of the file; raises RulesError."""
    return rules.parse(FILE.read_text(encoding="utf-8"))
