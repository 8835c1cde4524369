"""Names of divisions 行政区划 (GB/T 2260) for display, from config/divisions.csv."""

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[2] / "config" / "divisions.csv"


def find_name(code: str) -> str | None:
    """Return the name with those above it (浙江省 杭州市 西湖区), or None for an unknown code."""
    names = []
    while code in _divisions():
        name, code = _divisions()[code]
        names.append(name)
    return " ".join(reversed(names)) or None


@cache
def _divisions() -> dict[str, tuple[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: (row["name"], row["parent"]) for row in csv.DictReader(stream)}
