"""Keys of the identity HMAC on their way from the anchor to one province (RFC 7516, ECDH-ES+A256KW, A256GCM). Pure.

Bound to epoch and receiver, so that none can be passed off as another's or another time's.
"""

import json
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from idp.recognition import join_key

ALGORITHM, ENCRYPTION = "ECDH-ES+A256KW", "A256GCM"
CURVE = "P-256"


class NotSealedForUs(Exception):
    """It does not open with this key, or is not what it should be."""


def new_pair() -> ECKey:
    """Return a new key pair that can open what is sealed for it."""
    return ECKey.generate_key(CURVE, {"use": "enc", "alg": ALGORITHM})


def public_key(jwk: object) -> ECKey:
    """Return a public key to seal for; ValueError for anything but a P-256 key for this purpose."""
    if not isinstance(jwk, dict) or jwk.get("kty") != "EC" or jwk.get("crv") != CURVE or "d" in jwk:
        raise ValueError("not a public P-256 key")
    if jwk.get("use", "enc") != "enc" or jwk.get("alg", ALGORITHM) != ALGORITHM:
        raise ValueError("not a key for this purpose")
    try:
        key = ECKey.import_key({name: jwk[name] for name in ("kty", "crv", "x", "y")})
        key.get_op_key("deriveKey")
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ValueError("not a key that can be read") from error
    return key


def seal(key: join_key.Key, receiver: str, public: ECKey) -> str:
    """Return *key* so that only the holder of *public* can read it."""
    content: dict[str, Any] = {"epoch": key.epoch, "receiver": receiver, "secret": key.secret.hex()}
    header = {"alg": ALGORITHM, "enc": ENCRYPTION}
    return jwe.encrypt_compact(header, json.dumps(content), public, algorithms=[ALGORITHM, ENCRYPTION])


def open_sealed(text: str, epoch: str, receiver: str, private: ECKey) -> join_key.Key:
    """Return the key of *epoch* that was sealed for *receiver*; raises NotSealedForUs."""
    try:
        opened = jwe.decrypt_compact(text, private, algorithms=[ALGORITHM, ENCRYPTION])
        content = json.loads(opened.plaintext or b"")
        key = join_key.Key(epoch, bytes.fromhex(content["secret"]))
        matches = content["epoch"] == epoch and content["receiver"] == receiver
    # joserfc trusts the types of header members.
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NotSealedForUs from error
    if not matches or len(key.secret) != join_key.KEY_BYTES:
        raise NotSealedForUs
    return key
