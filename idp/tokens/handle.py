"""Opaque random handles (codes, refresh tokens) whose own tag tells a guess from a real one without any look-up.

``base64url(prefix ‖ 32 random bytes ‖ 12 bytes HMAC)``: a stranger's invented handle costs one hash and no I/O,
and only a handle we once issued can count as replay or reuse (RFC 9700 §2.2.2, §4.14).
"""

import base64
import binascii
import hashlib
import hmac
import os

from idp.keys import field_cipher

RANDOM_BYTES = 32
TAG_BYTES = 12


def issue(kind: str, prefix: bytes = b"") -> str:
    """Return a new handle of *kind*; *prefix* can be read back by `parse`."""
    body = prefix + os.urandom(RANDOM_BYTES)
    return _text(body + _tag(kind, body))


def parse(kind: str, handle: str, prefix_bytes: int = 0) -> bytes | None:
    """Return the prefix of a handle that was issued here as *kind*, or None for anything else."""
    try:
        raw = base64.b64decode(handle + "=" * (-len(handle) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if _text(raw) != handle:
        return None  # another spelling of the same bytes: what is stored is the digest of the one we gave
    body, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    if len(body) != prefix_bytes + RANDOM_BYTES or not hmac.compare_digest(tag, _tag(kind, body)):
        return None
    return body[:prefix_bytes]


def digest(handle: str) -> bytes:
    """Return what is stored instead of the handle."""
    return hashlib.sha256(handle.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _tag(kind: str, body: bytes) -> bytes:
    return field_cipher.secret_digest(f"handle:{kind}", body.hex())[:TAG_BYTES]
