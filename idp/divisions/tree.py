"""The tree of divisions (GB/T 2260), from config/divisions.csv.

Source: National Bureau of Statistics, 2023-06-30. Paths differ in length (municipalities have no prefecture, some
cities no counties, some counties hang under their province), so only the parents in the table count, never a
code's digits. Unknown and abolished codes are no mistake: they have no name and lie below nothing.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "config" / "divisions.csv"
# From the widest to the narrowest.
LEVELS = ("province", "prefecture", "county", "township", "village")


@dataclass(frozen=True, slots=True)
class Division:
    """One division. ``parent`` is the code above it, empty for a province."""

    code: str
    name: str
    level: str
    parent: str


def find(code: str) -> Division | None:
    """Return the division with that code, or None."""
    return _divisions(FILE).get(code)


def path(code: str) -> tuple[Division, ...]:
    """Return the division with all above it, the province first; empty for an unknown code."""
    found = []
    division = find(code)
    while division is not None:
        found.append(division)
        division = find(division.parent)
    return tuple(reversed(found))


def full_name(code: str) -> str | None:
    """Return the name with those above it (浙江省 杭州市 西湖区), or None for an unknown code."""
    return " ".join(division.name for division in path(code)) or None


def children(code: str) -> tuple[Division, ...]:
    """Return the divisions right below *code*, those of the country for ``""``, by code."""
    return _children(FILE).get(code, ())


def search(words: str, *, limit: int = 20) -> tuple[Division, ...]:
    """Return divisions in whose full name every one of *words* occurs, the widest first; none for no words.

    The last word must be in the division's own name: 浙江 西湖 finds 西湖区, not every place below it.
    """
    sought = words.split()
    if not sought:
        return ()
    found = [
        one
        for one in _divisions(FILE).values()
        if sought[-1] in one.name and (len(sought) == 1 or _has_all(one.code, sought))
    ]
    found.sort(key=lambda one: (LEVELS.index(one.level), one.code))
    return tuple(found[:limit])


def _has_all(code: str, sought: list[str]) -> bool:
    whole = full_name(code) or ""
    return all(word in whole for word in sought)


def ancestor_at(code: str, level: str) -> Division | None:
    """Return the narrowest division on the path of *code* that is not narrower than *level*; None when unknown.

    At ``prefecture`` a district of Beijing is Beijing: municipalities have no prefecture.
    """
    deepest = LEVELS.index(level)
    wide_enough = [division for division in path(code) if LEVELS.index(division.level) <= deepest]
    return wide_enough[-1] if wide_enough else None


@cache
def _divisions(file: Path) -> dict[str, Division]:
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        return {
            row["code"]: Division(row["code"], row["name"], row["level"], row["parent"])
            for row in csv.DictReader(stream)
        }


@cache
def _children(file: Path) -> dict[str, tuple[Division, ...]]:
    below: dict[str, list[Division]] = {}
    for division in _divisions(file).values():
        below.setdefault(division.parent, []).append(division)
    return {code: tuple(sorted(found, key=lambda one: one.code)) for code, found in below.items()}
