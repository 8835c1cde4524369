"""Records made up from a pairwise subject: always the same for one person, and about nobody."""

import hashlib
from datetime import date


class MadeUp:
    """Numbers drawn from ``site`` and ``sub`` alone; each draw has its own name."""

    def __init__(self, site: str, sub: str) -> None:
        self._seed = f"{site}\n{sub}\n"

    def number(self, name: str, low: int, high: int) -> int:
        """A number between ``low`` and ``high``, both included."""
        digest = hashlib.sha256((self._seed + name).encode("utf-8", "surrogatepass")).digest()
        return low + int.from_bytes(digest[:8], "big") % (high - low + 1)

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """One of ``choices``."""
        return choices[self.number(name, 0, len(choices) - 1)]


def months_before(today: date, count: int) -> list[str]:
    """The last ``count`` full months, newest first, as ``2026-10``."""
    last = today.year * 12 + today.month - 2
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last, last - count, -1)]


def yuan(cents: int) -> str:
    """An amount as ``¥1,234.50``."""
    return f"¥{cents // 100:,}.{cents % 100:02d}"
