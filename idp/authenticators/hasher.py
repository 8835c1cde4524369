"""Argon2id (RFC 9106) with the deployment's parameters, behind the gate.

A password that has nothing to be compared with is hashed all the same, so that an unknown name takes as long
as a wrong password. Passwords are brought into NFKC first (NIST SP 800-63B-4 §3.1.1.2): keyboards differ.

A hash that was imported (`imported_hash`) takes longer than ours by what the other system's takes. While there are any,
every wrong password waits as long as the slowest of them would take, its turn over but its place in the line kept:
neither unknown names nor imported ones can be told by the clock.
"""

import base64
import os
import threading
import time
import unicodedata

import argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from idp import logs
from idp.authenticators import hash_gate, imported_hash
from idp.authenticators.hash_gate import HashGate
from idp.authenticators.imported_hash import Imported, Recipe
from idp.authenticators.password_policy import LONGEST
from idp.per_app import PerApp
from idp.setting_sections import Passwords
from idp.settings import Settings

LOG = logs.get(__name__)
# What the slowest imported hash took when it was measured, and a little more: the machine is not always as quick.
MARGIN = 1.5


class Hasher:
    """Hashes and compares; all methods raise Unavailable (``busy``) when the gate is full. No database."""

    def __init__(self, parameters: Passwords, gate: HashGate) -> None:
        self._gate = gate
        self._argon2 = argon2.PasswordHasher(
            time_cost=parameters.iterations,
            memory_cost=parameters.memory_kib,
            parallelism=parameters.parallelism,
        )
        costs = f"m={parameters.memory_kib},t={parameters.iterations},p={parameters.parallelism}"
        self._nobody = f"$argon2id$v=19${costs}${_random_base64(16)}${_random_base64(32)}"
        self._measured: dict[tuple[str, int, str, int], float] = {}
        self._measuring = threading.Lock()

    def hash(self, password: str) -> str:
        """Return the encoded hash of a new password."""
        with self._gate.passed():
            return self._argon2.hash(_prepared(password))

    def hash_imported(self, imported: Imported) -> str:
        """Return what is kept of a hash that another system made."""
        with self._gate.passed():
            return imported_hash.stored(imported, self._argon2.hash(imported.digest))

    def matches(self, stored: str | None, password: str, *, slowest: str | None = None) -> bool:
        """Whether *password* is the one that was hashed; takes as long for None as for a wrong one.

        *slowest*: the stored hash that takes longest of all, where there are imported ones.
        """
        with self._gate.place():
            with self._gate.turn():
                least = self._seconds(slowest)
                right, took = self._compare(stored or self._nobody, password[:LONGEST])
            right = right and stored is not None and len(password) <= LONGEST
            if not right and took < least:
                time.sleep(least - took)
        return right

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made elsewhere, or with other parameters than today's."""
        return stored.startswith(imported_hash.MARK) or self._argon2.check_needs_rehash(stored)

    def _compare(self, stored: str, password: str) -> tuple[bool, float]:
        """Return whether it is right, and the seconds that another system's hash took."""
        try:
            imported = imported_hash.recall(stored)
            if imported is None:
                return self._argon2.verify(stored, _prepared(password)), 0.0
            recipe, hashed = imported
            digest, took = _timed(recipe, password)
            # HMAC and bcrypt see no difference between a password and the same with a zero byte behind it.
            return self._verify(hashed, digest) and "\0" not in password, took
        except VerifyMismatchError:
            return False, 0.0
        except (InvalidHashError, VerificationError, ValueError):
            LOG.exception("stored password hash cannot be read")
            return False, 0.0

    def _verify(self, hashed: str, digest: bytes) -> bool:
        try:
            return self._argon2.verify(hashed, digest)
        except VerifyMismatchError:
            return False

    def _seconds(self, slowest: str | None) -> float:
        """Return how long a wrong password takes at least beside our own hash; measured once for each cost."""
        if slowest is None:
            return 0.0
        try:
            imported = imported_hash.recall(slowest)
        except ValueError:
            return 0.0
        if imported is None:
            return 0.0
        recipe, _ = imported
        with self._measuring:
            if recipe.cost not in self._measured:
                self._measured[recipe.cost] = MARGIN * _timed(recipe, "measured")[1]
            return self._measured[recipe.cost]


HASHER: PerApp[Hasher] = PerApp("password_hasher")


def from_settings(settings: Settings) -> Hasher:
    """Build the process's hasher."""
    return Hasher(settings.passwords, hash_gate.from_settings(settings))


def _timed(recipe: Recipe, password: str) -> tuple[bytes, float]:
    begun = time.perf_counter()
    digest = recipe.compute(password)
    return digest, time.perf_counter() - begun


def _prepared(password: str) -> bytes:
    # Lone surrogates cannot be typed, but must not become an error that differs from "wrong".
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _random_base64(count: int) -> str:
    return base64.b64encode(os.urandom(count)).rstrip(b"=").decode()
