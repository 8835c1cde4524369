"""``at_hash``: what binds an access token to the ID token it came with (OIDC Core §3.1.3.6). Pure."""

import base64
import hashlib

# The hash is that of the ID token's own algorithm; Ed25519 has SHA-512 inside.
HASHES = {"ES256": "sha256", "RS256": "sha256", "PS256": "sha256", "EdDSA": "sha512"}


def of(value: str, alg: str) -> str:
    """Return the left half of *value*'s hash, for an ID token signed with *alg*."""
    digest = hashlib.new(HASHES[alg], value.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
