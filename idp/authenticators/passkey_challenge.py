"""The challenge that a passkey signs (WebAuthn §13.4.3): for one purpose in one browser, young, and used once.

Nothing is kept until one comes back: it carries its time and our keyed digest, so that pages that nobody uses cost
nothing. What came back is remembered for as long as it could come again.
"""

import hmac
import secrets
from datetime import UTC, datetime

from idp import clock
from idp.ephemeral.store import EPHEMERAL
from idp.errors import Expired
from idp.keys import field_cipher

LIFE = 600  # seconds; people look for their keys
NONCE_BYTES = 16
TIME_BYTES = 8
BYTES = NONCE_BYTES + TIME_BYTES + 32


def issue(purpose: str, browser: str) -> bytes:
    """Return a new challenge for *purpose* (which names the account or session it is for) in *browser*."""
    head = secrets.token_bytes(NONCE_BYTES) + clock.timestamp().to_bytes(TIME_BYTES, "big")
    return head + _digest(head, purpose, browser)


def take(challenge: bytes, purpose: str, browser: str) -> datetime:
    """Use the challenge up and return when it was issued.

    Raises Expired ``challenge_expired`` for one that is too old, was used, or was never issued for this.
    """
    head, digest = challenge[: NONCE_BYTES + TIME_BYTES], challenge[NONCE_BYTES + TIME_BYTES :]
    if len(challenge) != BYTES or not hmac.compare_digest(digest, _digest(head, purpose, browser)):
        raise _expired()
    issued_at = int.from_bytes(head[NONCE_BYTES:], "big")
    if not 0 <= clock.timestamp() - issued_at <= LIFE:
        raise _expired()
    if not EPHEMERAL.get().add_if_absent(f"passkey-challenge:{head[:NONCE_BYTES].hex()}", b"1", LIFE + 1):
        raise _expired()
    return datetime.fromtimestamp(issued_at, UTC)


def _digest(head: bytes, purpose: str, browser: str) -> bytes:
    return field_cipher.secret_digest("passkey_challenge", f"{purpose}\0{browser}\0{head.hex()}")


def _expired() -> Expired:
    return Expired("challenge_expired", "This page was open too long. Try once more", field="passkey")
