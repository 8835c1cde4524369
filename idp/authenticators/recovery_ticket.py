"""The two secrets of a recovery, both kept as digests only: the ticket that leads back, the address that stops it."""

import base64
import secrets
from uuid import UUID

from idp.keys import field_cipher

# Crockford's base 32: no letter that reads like a digit. 16 characters are 80 bits.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
LONGEST_TYPED = 200
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new() -> str:
    """Return a ticket as it is shown, once."""
    letters = [secrets.choice(ALPHABET) for _ in range(LENGTH)]
    return "-".join("".join(letters[start : start + GROUP]) for start in range(0, LENGTH, GROUP))


def find_digest(typed: str) -> bytes | None:
    """Return what is stored for a ticket, however it was typed; None for what can be none."""
    plain = "".join(one for one in typed[:LONGEST_TYPED].upper().translate(_MISREAD) if one.isalnum())
    if len(plain) != LENGTH or not set(plain) <= set(ALPHABET):
        return None
    return field_cipher.secret_digest("recovery_ticket", plain)


def stop_token(recovery_id: UUID) -> str:
    """Return the last part of the address that stops it: made from the id by our key, the same for every notice."""
    made = field_cipher.secret_digest("recovery_stop_address", str(recovery_id))
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def stop_digest(token: str) -> bytes:
    """Return what is stored for a stop token."""
    return field_cipher.secret_digest("recovery_stop", token[:LONGEST_TYPED])
