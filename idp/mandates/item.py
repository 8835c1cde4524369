"""The items 事项 (权力清单): what a mandate may be limited to, and which data they need, from config/items.csv.

Codes are what relying parties register as ``item_codes``. A code that is not in the table is no mistake: it is shown
as it is, and says nothing about data.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "config" / "items.csv"


@dataclass(frozen=True)
class Item:
    """One item with its names."""

    code: str
    zh: str
    en: str
    # Items of data that it needs (`idp.claims.ITEMS`); empty: the table does not say.
    data: frozenset[str] = frozenset()
    # Under which theme people look for it (`item_theme`); empty: under none.
    theme: str = ""

    def name(self, locale: str) -> str:
        """Return the name in that language."""
        return self.en if locale == "en" else self.zh


def listed() -> tuple[Item, ...]:
    """Return the items of the table, in its order."""
    return tuple(_items(FILE).values())


def find(code: str) -> Item | None:
    """Return the item with that code, or None when the table does not know it."""
    return _items(FILE).get(code)


def name_of(code: str, locale: str) -> str:
    """Return the item's name in that language, or the code itself."""
    found = _items(FILE).get(code)
    return found.name(locale) if found else code


@cache
def data_of(codes: tuple[str, ...]) -> frozenset[str] | None:
    """Return the items of data that these items need together; None when the table does not say it of one of them."""
    found = [_items(FILE).get(code) for code in codes]
    needed = [one.data for one in found if one is not None and one.data]
    return frozenset().union(*needed) if codes and len(needed) == len(codes) else None


@cache
def _items(file: Path) -> dict[str, Item]:
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        return {
            row["code"]: Item(
                row["code"],
                row["zh"],
                row["en"],
                frozenset((row.get("data") or "").split()),
                row.get("theme") or "",
            )
            for row in csv.DictReader(stream)
        }
