"""Encryption of single fields (phones, names, identity numbers) and digests to find or check them by.

A sealed field opens only in its place: the context names table, column and row. Equality is looked up by a
keyed blind index, never by decrypting; one-time secrets are kept as keyed digests.
"""

import hmac

from idp.keys import secret
from idp.keys.secret import SECRETS


def seal(plain: str, context: str) -> str:
    """Encrypt *plain* for the place *context* names, such as ``accounts.phone:<account id>``."""
    return SECRETS.get().cipher(secret.FIELDS).seal(plain.encode(), context)


def open_sealed(sealed: str, context: str) -> str:
    """Decrypt a field; raises MasterKeyError when it was sealed elsewhere or changed."""
    return SECRETS.get().cipher(secret.FIELDS).open(sealed, context).decode()


def blind_index(kind: str, value: str) -> bytes:
    """Return the 32 bytes under which a row with this value is found; the same value gives the same bytes."""
    return _keyed(secret.BLIND_INDEX, kind, value)


def secret_digest(purpose: str, value: str) -> bytes:
    """Return the 32 bytes that stand for a high-entropy or one-time secret at rest."""
    return _keyed(secret.DIGESTS, purpose, value)


def _keyed(name: str, kind: str, value: str) -> bytes:
    return hmac.digest(SECRETS.get().get(name), f"{kind}\0{value}".encode(), "sha256")
