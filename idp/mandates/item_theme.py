"""The themes 主题 under which people look for items 事项, from config/item_themes.csv, in the order of the table.

An item names its theme in config/items.csv; without one, or with one that is not in the table, it has none.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "config" / "item_themes.csv"


@dataclass(frozen=True)
class ItemTheme:
    """One theme with its names."""

    code: str
    zh: str
    en: str

    def name(self, locale: str) -> str:
        """Return the name in that language."""
        return self.en if locale == "en" else self.zh


def listed() -> tuple[ItemTheme, ...]:
    """Return the themes in the order in which pages show them."""
    return _themes(FILE)


@cache
def _themes(file: Path) -> tuple[ItemTheme, ...]:
    if not file.exists():
        return ()
    with file.open(encoding="utf-8", newline="") as stream:
        return tuple(ItemTheme(row["code"], row["zh"], row["en"]) for row in csv.DictReader(stream))
