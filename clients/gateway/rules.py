"""Which part of a site needs what: the longest path that fits says it, and what fits nothing is refused. Pure.

A path is judged as the server behind will read it. Whatever two servers could read in two ways (dot segments, encoded
slashes, encoding twice) is not judged but refused: no browser sends it by itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_LONGEST = 4_000
_ENCODED = re.compile(r"%(?:[0-9A-Fa-f]{2})")
_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What ``path`` and all below it need: nothing (``is_public``), else a login at ``level`` (0 to 4).

    ``max_age``: a login within so many seconds; ``item``: who acts for another needs a mandate for this item code.
    """

    path: str
    is_public: bool = False
    level: int = 0
    max_age: int | None = None
    item: str = ""

    @property
    def strictness(self) -> tuple[bool, int, bool, bool]:
        """Orders two rules of which only one can be right: the stricter one is last."""
        return not self.is_public, self.level, self.max_age is not None, bool(self.item)


def find_rule(rules: Sequence[Rule], uri: str) -> Rule | None:
    """The rule for a request target (RFC 9112 §3.2.1); None when none fits, or when it can be read in two ways.

    A server behind may or may not tell capital letters apart, cut parameters off segments (``/a;b=c/``, RFC 3986 §3.3),
    or answer for a folder without its last slash: where that makes a difference, the stricter rule holds.
    """
    path = _plain(uri)
    if path is None or (first := _fitting(rules, path)) is None:
        return None
    cut = "/".join(segment.partition(";")[0] for segment in path.split("/"))
    others = [_fitting(rules, each) for each in (cut, f"{path}/", f"{cut}/")]
    return max([first, *(rule for rule in others if rule)], key=lambda rule: rule.strictness)


def _fitting(rules: Sequence[Rule], path: str) -> Rule | None:
    exact = _longest(rules, path)
    folded = _longest(rules, path.casefold(), folded=True)
    found = [rule for rule in (exact, folded) if rule is not None]
    return max(found, key=lambda rule: rule.strictness, default=None)


def _longest(rules: Sequence[Rule], path: str, *, folded: bool = False) -> Rule | None:
    fitting = [rule for rule in rules if _covers(rule.path.casefold() if folded else rule.path, path)]
    return max(fitting, key=lambda rule: len(rule.path), default=None)


def _covers(prefix: str, path: str) -> bool:
    return path == prefix or path.startswith(prefix if prefix.endswith("/") else f"{prefix}/")


def _plain(uri: str) -> str | None:
    raw = uri.partition("?")[0]
    if not raw.startswith("/") or len(raw) > _LONGEST or not raw.isascii():
        return None
    if re.search("%(?:2f|5c|00)", raw, re.IGNORECASE):
        return None
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return None
    if "\\" in path or not path.isprintable() or _ENCODED.search(path):
        return None
    path = _SLASHES.sub("/", path)
    # Some servers cut parameters off a segment before they resolve it: /public/..;/records.
    if any(segment.partition(";")[0] in {".", ".."} for segment in path.split("/")):
        return None
    return path
