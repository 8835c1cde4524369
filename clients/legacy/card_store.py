"""The older system's own database: cards, the people who hold them, and its clerks. SQLite, a file of its own.

Passwords as systems of that age keep them: PBKDF2, salted. Its exported hashes are what `idp accounts import` takes.
"""

import base64
import contextlib
import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 20_000
HOLDER, CLERK = "holder", "clerk"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY, username TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL,
    role TEXT NOT NULL, back TEXT NOT NULL, balance INTEGER NOT NULL
)
"""
PASSWORD = "citycard-2015"
# Invented; the person whose card it is may be anybody at Tongxing: the two know nothing of each other.
_PLANTED = (
    ("HZ-330100-0007", "zw1990", "张伟", HOLDER, "314", 8_640),
    ("HZ-330100-0008", "lina88", "李娜", HOLDER, "271", 1_250),
    ("HZ-330100-0009", "wangfang", "王芳", HOLDER, "161", 20_000),
    ("HZ-330100-0010", "zhaoqiang", "赵强", HOLDER, "577", 300),
    ("CLERK-01", "counter", "窗口一号", CLERK, "", 0),
)


@dataclass(frozen=True, slots=True)
class User:
    """Whoever may log in here; ``balance`` in cents."""

    id: str
    username: str
    name: str
    role: str
    balance: int


class CardStore:
    """The database in ``file``; made and planted when it is not there yet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._opened() as connection:
            connection.execute(_SCHEMA)
            for card, username, name, role, back, balance in _PLANTED:
                connection.execute(
                    "INSERT OR IGNORE INTO users VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (card, username, name, hashed(PASSWORD), role, back, balance),
                )

    def find(self, card: str) -> User | None:
        """The user with that number."""
        found = self._one("SELECT id, username, name, role, balance FROM users WHERE id = ?", card)
        return _user(found) if found else None

    def find_by_password(self, username: str, password: str) -> User | None:
        """Who logs in with that name and password."""
        found = self._one("SELECT id, password FROM users WHERE username = ?", username)
        stored = found[1] if found else hashed("nobody's")
        return self.find(found[0]) if _is_right(stored, password) and found else None

    def find_by_answer(self, account: str, answer: str) -> User | None:
        """The card of that number or user name, when what is on its back is right too."""
        found = self._one(
            "SELECT id, back FROM users WHERE role = ? AND (id = ? OR username = ?)", HOLDER, account, account
        )
        if found is None or not hmac.compare_digest(found[1].encode(), answer.encode()):
            return None
        return self.find(found[0])

    def holders(self) -> list[User]:
        """All cards, for the clerk's list."""
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT id, username, name, role, balance FROM users WHERE role = ? ORDER BY id", (HOLDER,)
            ).fetchall()
        return [_user(row) for row in rows]

    def _one(self, statement: str, *values: str) -> tuple[str, ...] | None:
        with self._opened() as connection:
            found: tuple[str, ...] | None = connection.execute(statement, values).fetchone()
        return found

    @contextlib.contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self._file, timeout=10)) as connection, connection:
            yield connection


def _user(row: tuple[str, ...]) -> User:
    card, username, name, role, balance = row
    return User(card, username, name, role, int(balance))


def hashed(password: str) -> str:
    """The password as this system keeps it."""
    salt = secrets.token_hex(8)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), ROUNDS)
    return f"pbkdf2_sha256${ROUNDS}${salt}${base64.b64encode(key).decode()}"


def _is_right(stored: str, password: str) -> bool:
    _, rounds, salt, key = stored.split("$")
    found = hashlib.pbkdf2_hmac(
        "sha256", password.encode("utf-8", "surrogatepass"), salt.encode(), int(rounds)
    )
    return hmac.compare_digest(base64.b64encode(found).decode(), key)
