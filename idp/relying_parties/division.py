"""Names of divisions 行政区划 (GB/T 2260) for display, from config/divisions.csv.

Source: National Bureau of Statistics, 2023-06-30. Path lengths differ (municipalities have no prefecture, some
cities no counties), so only the parents in the table count. Unknown and abolished codes are no mistake.
"""

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "config" / "divisions.csv"


def find_name(code: str) -> str | None:
    """Return the name with those above it (浙江省 杭州市 西湖区), or None for an unknown code."""
    names = []
    table = _divisions(FILE)
    while code in table:
        name, code = table[code]
        names.append(name)
    return " ".join(reversed(names)) or None


@cache
def _divisions(file: Path) -> dict[str, tuple[str, str]]:
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: (row["name"], row["parent"]) for row in csv.DictReader(stream)}
