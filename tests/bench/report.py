"""The table for people and the JSON for machines."""

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.plan import Measured

FOLDER = Path("var/bench")
HEADER = f"{'operation':<34}{'per second':>12}{'p50 ms':>10}{'p99 ms':>10}{'count':>9}{'failed':>8}"
SATURATED = 0.95


def line(name: str, measured: Measured) -> str:
    """Return one line; ``*``: the generator was the limit, the server could do more."""
    star = "*" if measured.generator_cpu > SATURATED else ""
    rate = f"{measured.per_second:,.0f}{star}"
    return (
        f"{name:<34}{rate:>12}{measured.p50:>10.1f}{measured.p99:>10.1f}{measured.count:>9}{measured.failures:>8}"
        + (f"  {measured.first_failure[:100]}" if measured.failures else "")
    )


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    models = [row.partition(":")[2].strip() for row in info.splitlines() if row.startswith("model name")]
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": models[0] if models else platform.machine(),
        "cores": len(models),
        "python": platform.python_version(),
        "load_average": [
            float(text) for text in Path("/proc/loadavg").read_text(encoding="ascii").split()[:3]
        ],
    }


def write(results: dict[str, Any]) -> Path:
    """Write the results under var/bench, once by date and once as the latest."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, ensure_ascii=False, indent=2) + "\n"
    file = FOLDER / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    file.write_text(text, encoding="utf-8")
    (FOLDER / "latest.json").write_text(text, encoding="utf-8")
    return file
