"""A private key of the relying party's own (ES256, RFC 7518 §3.4), and its public half (RFC 7517) for others to hold.

A key lives in a PEM file that only its owner reads; ``of_file`` makes it when it is not there yet. A federated relying
party has two kinds, and never one key for both: *federation* keys sign its entity configuration, *protocol* keys sign
its requests (OpenID Federation 1.0 §3.1, §5.1.1).
"""

import base64
import contextlib
import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jws

from tongxing_client import errors

ALGORITHM = "ES256"


class SigningKey:
    """``pem`` is an EC P-256 private key; ``kid`` defaults to the key's RFC 7638 thumbprint."""

    def __init__(self, pem: bytes, *, kid: str | None = None) -> None:
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise errors.WrongSettings("the private key is not an unencrypted PEM key") from None
        if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
            raise errors.WrongSettings("the private key is not an EC key on P-256")
        self._key = jwk.construct(pem, ALGORITHM)
        public = {name: self._key.to_dict()[name] for name in ("crv", "kty", "x", "y")}
        self.thumbprint = _thumbprint(public)
        self.public_jwk: Mapping[str, Any] = {
            **public,
            "kid": kid or self.thumbprint,
            "alg": ALGORITHM,
            "use": "sig",
        }

    @classmethod
    def of_file(cls, file: Path) -> Self:
        """The key in ``file``, made there first when there is none; processes that start at once share one."""
        if not file.exists():
            _make(file)
        return cls(file.read_bytes())

    def sign(self, claims: Mapping[str, Any], typ: str | None = None, **header: Any) -> str:
        """``claims`` as a signed token of type ``typ`` (RFC 8725 §3.11)."""
        kind = {} if typ is None else {"typ": typ}
        return jws.sign(dict(claims), self._key, {**kind, "kid": self.public_jwk["kid"], **header}, ALGORITHM)


def _make(file: Path) -> None:
    """Write a new key beside ``file`` and put it in its place whole, unless another process was first."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    new = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(pem)
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(new)
    finally:
        new.unlink(missing_ok=True)


def _thumbprint(public: Mapping[str, str]) -> str:
    text = json.dumps(public, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
