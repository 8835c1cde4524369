"""Digests by which a register and the provider compare a fact without sending it (docs/registers.md).

SHA-256 over whose fact it is and the fact in its comparable form, in base64url. Not secret: who knows a number can
try names. It keeps names out of answers that need none.
"""

import base64
import hashlib

from idp.identifiers import person_name, typed


def of_name(owner: str, name: str) -> str:
    """Return the digest of the *name* that belongs to the number or code *owner*."""
    return _digest(owner, person_name.comparable(name))


def of_number(owner: str, number: str) -> str:
    """Return the digest of a person's *number* that belongs to the number or code *owner*."""
    return _digest(owner, typed.normalized(number))


def _digest(owner: str, fact: str) -> str:
    content = f"{typed.normalized(owner)}\0{fact}".encode()
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
