"""What trust marks do to the data that a site may receive, from config/trust_marks.csv (domain §6).

``withholds``: items of data that whoever shows the mark does not receive (private channels get fewer).
``needed_for``: items that only who shows the mark receives, as an operator may want for 等保三级. A deployment that
names other marks, or asks more of them, changes the table. Sites that an operator registered have no marks and are
not judged by them.
"""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "config" / "trust_marks.csv"


@dataclass(frozen=True)
class Rule:
    """One kind of trust mark, its names, and which items of data turn on it."""

    mark: str
    zh: str
    en: str
    withholds: frozenset[str]
    needed_for: frozenset[str]

    def name(self, locale: str) -> str:
        """Return the name in that language."""
        return self.en if locale == "en" else self.zh


def find(mark: str) -> Rule | None:
    """Return what the table says of that kind of mark, or None."""
    return _rules(FILE).get(mark)


def withheld(marks: Collection[str]) -> frozenset[str]:
    """Return the items of data that a site which shows exactly these marks does not receive."""
    kept: set[str] = set()
    for rule in _rules(FILE).values():
        kept |= rule.withholds if rule.mark in marks else rule.needed_for
    return frozenset(kept)


@cache
def _rules(file: Path) -> dict[str, Rule]:
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        return {
            row["mark"]: Rule(
                row["mark"],
                row["zh"],
                row["en"],
                frozenset((row.get("withholds") or "").split()),
                frozenset((row.get("needed_for") or "").split()),
            )
            for row in csv.DictReader(stream)
        }
