"""Argon2id (RFC 9106) with the deployment's parameters, behind the gate.

A password that has nothing to be compared with is hashed all the same, so that an unknown name takes as long
as a wrong password. Passwords are brought into NFKC first (NIST SP 800-63B-4 §3.1.1.2): keyboards differ.
"""

import base64
import os
import unicodedata

import argon2
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from idp import logs
from idp.authenticators import hash_gate
from idp.authenticators.hash_gate import HashGate
from idp.authenticators.password_policy import LONGEST
from idp.per_app import PerApp
from idp.setting_sections import Passwords
from idp.settings import Settings

LOG = logs.get(__name__)


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

    def hash(self, password: str) -> str:
        """Return the encoded hash of a new password."""
        with self._gate.passed():
            return self._argon2.hash(_prepared(password))

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether *password* is the one that was hashed; takes as long for None as for a wrong one."""
        right = self._is_right(stored or self._nobody, _prepared(password[:LONGEST]))
        return right and stored is not None and len(password) <= LONGEST

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's."""
        return self._argon2.check_needs_rehash(stored)

    def _is_right(self, stored: str, prepared: bytes) -> bool:
        with self._gate.passed():
            try:
                return self._argon2.verify(stored, prepared)
            except VerifyMismatchError:
                return False
            except (InvalidHashError, VerificationError):
                LOG.exception("stored password hash cannot be read")
                return False


HASHER: PerApp[Hasher] = PerApp("password_hasher")


def from_settings(settings: Settings) -> Hasher:
    """Build the process's hasher."""
    return Hasher(settings.passwords, hash_gate.from_settings(settings))


def _prepared(password: str) -> bytes:
    # Lone surrogates cannot be typed, but must not become an error that differs from "wrong".
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _random_base64(count: int) -> str:
    return base64.b64encode(os.urandom(count)).rstrip(b"=").decode()
