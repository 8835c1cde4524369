"""PS256 (RFC 7518 §3.5) for python-jose, which knows RSA signatures by PKCS #1 v1.5 only."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from jose.backends.base import Key


class PssKey(Key):
    """An RSA public key that verifies PS256; given to ``jws.verify`` in place of a JWK."""

    def __init__(self, public_key: rsa.RSAPublicKey) -> None:
        super().__init__(public_key, "PS256")
        self._public_key = public_key

    def verify(self, msg: bytes, sig: bytes) -> bool:
        """Whether ``sig`` signs ``msg``; the salt is as long as the hash (RFC 7518 §3.5)."""
        scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
        try:
            self._public_key.verify(sig, msg, scheme, hashes.SHA256())
        except InvalidSignature:
            return False
        return True
