from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tongxing_client import ps256

PRIVATE = rsa.generate_private_key(65537, 2048)


def _sign(message: bytes, salt_length: int = 32) -> bytes:
    scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=salt_length)
    return PRIVATE.sign(message, scheme, hashes.SHA256())


def test_a_signature_holds_for_its_message_alone() -> None:
    key = ps256.PssKey(PRIVATE.public_key())
    assert key.verify(b"message", _sign(b"message"))
    assert not key.verify(b"another", _sign(b"message"))


def test_another_scheme_or_salt_does_not_hold() -> None:
    key = ps256.PssKey(PRIVATE.public_key())
    assert not key.verify(b"message", PRIVATE.sign(b"message", padding.PKCS1v15(), hashes.SHA256()))
    assert not key.verify(b"message", _sign(b"message", salt_length=20))
    assert not key.verify(b"message", b"")
