"""Reads tables of a TOML document and notes every mistake instead of stopping at the first one. Pure.

Each method takes what it read out of the table; `finish` then tells of names that nobody asked for. After a mistake a
harmless value is returned, so that the rest can be checked too; whoever asks looks at the problems at the end.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from idp.assurance.policy import Text

CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_TEXT = 200
MOST_SHOWN = 60
T = TypeVar("T")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: where, and what is wrong."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class TableReader:
    """One table, with the list of problems that the whole document shares."""

    def __init__(self, value: Any, where: str, problems: list[Problem]) -> None:
        self.where = where
        self.problems = problems
        self._left: dict[str, Any] = {}
        if isinstance(value, Mapping):
            self._left = dict(value)
        else:
            problems.append(Problem(where or "the file", "must be a table"))

    def path(self, name: str) -> str:
        """Return where *name* of this table stands, as TOML writes it."""
        return f"{self.where}.{name}" if self.where else name

    def wrong(self, name: str, reason: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(self.path(name), reason))

    def has(self, name: str) -> bool:
        """Whether the table has *name* and nobody took it yet."""
        return name in self._left

    def names(self) -> list[str]:
        """Return what nobody took yet."""
        return list(self._left)

    def finish(self) -> None:
        """Note the names that nobody asked for: spelling mistakes, or another version's."""
        for name in self._left:
            self.wrong(name[:MOST_SHOWN], "unknown name")

    def integer(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """Take a whole number."""
        if default is not None and not self.has(name):
            return default
        value = self._take(name)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            return self._needs(name, value, f"a whole number from {least} to {most}", least)
        return value

    def boolean(self, name: str) -> bool:
        """Take true or false; false when it is not there."""
        value = self._left.pop(name, False)
        return value if isinstance(value, bool) else self._needs(name, value, "true or false", False)

    def text(self, name: str) -> str:
        """Take a text."""
        value = self._take(name)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
            return self._needs(name, value, f"a text of at most {LONGEST_TEXT} characters", "?")
        return value

    def choice(self, name: str, among: Sequence[str]) -> str:
        """Take one of these words."""
        value = self._take(name)
        if not isinstance(value, str) or value not in among:
            return self._needs(name, value, f"one of {', '.join(among)}", among[0])
        return value

    def take_if_equal(self, name: str, word: str) -> bool:
        """Take *name* when it is exactly *word*; else leave it."""
        if self._left.get(name) != word:
            return False
        del self._left[name]
        return True

    def texts(self, name: str, among: Sequence[str] | None = None, *, needed: bool = True) -> tuple[str, ...]:
        """Take a list of texts, each once, of *among* where that is given."""
        value = self._take(name) if needed else self._left.pop(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            return self._needs(name, value, "a list of texts", ())
        if needed and not value:
            self.wrong(name, "must not be empty")
        if among is not None and (unknown := sorted({one for one in value if one not in among})):
            self.wrong(name, f"unknown: {', '.join(unknown)[:MOST_SHOWN]}")
        if among is not None and len(set(value)) < len(value):
            self.wrong(name, "names one thing twice")
        return tuple(value)

    def both_languages(self, name: str) -> Text:
        """Take a text in English and Chinese."""
        table = self.table(name)
        made = Text(en=table.text("en"), zh=table.text("zh"))
        table.finish()
        return made

    def moment(self, name: str) -> datetime | None:
        """Take a moment with its offset; None when it is not there."""
        if not self.has(name):
            return None
        value = self._take(name)
        if not isinstance(value, datetime) or value.utcoffset() is None:
            return self._needs(name, value, "a moment with an offset (2027-01-01T00:00:00+08:00)", None)
        return value

    def table(self, name: str) -> "TableReader":
        """Take a table."""
        return TableReader(self._take(name, {}), self.path(name), self.problems)

    def tables(self, name: str) -> "list[TableReader]":
        """Take an array of tables."""
        value = self._take(name)
        if not isinstance(value, list) or not value:
            return self._needs(name, value, "an array of tables", [])
        return [
            TableReader(one, f"{self.path(name)}[{number}]", self.problems)
            for number, one in enumerate(value, start=1)
        ]

    def named_tables(self, name: str) -> "dict[str, TableReader]":
        """Take a table of tables whose names are codes (small letters, digits, ``_``)."""
        outer = self.table(name)
        for code in outer.names():
            if not CODE.fullmatch(code):
                outer.wrong(code[:MOST_SHOWN], "a name has small letters, digits and _ only, at most 40")
        return {code: outer.table(code) for code in outer.names()}

    def _take(self, name: str, default: Any = None) -> Any:
        if name not in self._left:
            self.wrong(name, "is missing")
            return default
        return self._left.pop(name)

    def _needs(self, name: str, value: Any, what: str, instead: T) -> T:
        if value is not None:
            self.wrong(name, f"must be {what}")
        return instead
