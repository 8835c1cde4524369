"""The master key: 32 bytes from a file outside the database that seal every other key in it.

A copy of the database without this file gives nobody a key, a phone number or an identity number.
"""

import base64
import binascii
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idp.per_app import PerApp

KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = "v1."


class MasterKeyError(Exception):
    """The master key is missing or not 32 bytes, or what it should open was sealed by another one."""


class Cipher:
    """AES-256-GCM (NIST SP 800-38D) with a random nonce; the context is bound in as associated data."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, context: str) -> str:
        """Encrypt *plain* so that it opens only with the same *context*."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._aead.encrypt(nonce, plain, context.encode())
        return VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()

    def open(self, sealed: str, context: str) -> bytes:
        """Decrypt; raises MasterKeyError when key, context or text are not the ones that sealed it."""
        version, raw = sealed[: len(VERSION)], sealed[len(VERSION) :]
        try:
            decoded = base64.urlsafe_b64decode(raw)
            if version == VERSION:
                return self._aead.decrypt(decoded[:NONCE_BYTES], decoded[NONCE_BYTES:], context.encode())
        except (InvalidTag, ValueError) as error:
            raise MasterKeyError(f"cannot open {context}: sealed by another key, or changed") from error
        raise MasterKeyError(f"cannot open {context}: unknown version")


MASTER: PerApp[Cipher] = PerApp("master_key")


def load(file: Path) -> Cipher:
    """Read the master key; raises MasterKeyError when it is missing, malformed or readable by others."""
    try:
        mode = file.stat().st_mode
        raw = base64.b64decode(file.read_bytes().strip(), validate=True)
    except FileNotFoundError as error:
        msg = f"{file}: no master key here; `idp init` makes one"
        raise MasterKeyError(msg) from error
    except (OSError, binascii.Error) as error:
        msg = f"{file}: cannot be read as base64"
        raise MasterKeyError(msg) from error
    if len(raw) != KEY_BYTES:
        msg = f"{file}: {len(raw)} bytes where {KEY_BYTES} are needed"
        raise MasterKeyError(msg)
    # The group may read: that is how systemd and containers hand secrets over.
    if mode & (stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH):
        msg = f"{file}: others may read or write it; chmod 600"
        raise MasterKeyError(msg)
    return Cipher(raw)


def create(file: Path) -> None:
    """Write a new master key, readable by its owner only; FileExistsError when there is one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
