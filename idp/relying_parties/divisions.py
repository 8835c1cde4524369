"""Names of administrative divisions 行政区划 by code, for the pages that say where a service belongs.

Reads config/divisions.csv once (GB/T 2260 codes; National Bureau of Statistics, 2023-06-30). Path
lengths differ: municipalities have no prefecture, some cities no counties; only the parents in the table
count.
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path("config/divisions.csv")
DEEPEST = 6


class Division(NamedTuple):
    """One division."""

    code: str
    name: str
    level: str
    parent: str


def find(code: str) -> Division | None:
    """Return the division with this code, or None (unknown and abolished codes are no mistake)."""
    return _table(FILE).get(code)


def full_name(code: str) -> str | None:
    """Return the names from the province down, as in 浙江省杭州市西湖区, or None."""
    names: list[str] = []
    division = find(code)
    while division is not None and len(names) < DEEPEST:
        names.append(division.name)
        division = find(division.parent)
    return "".join(reversed(names)) or None


@cache
def _table(file: Path) -> dict[str, Division]:
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: Division(**row) for row in csv.DictReader(stream)}
