"""Which keys others may show us, to log in or to sign statements: public, strong, of an algorithm we accept.

RFC 7517, RFC 7518 §6, RFC 8037, RFC 8725 §3.2. Pure. Parsing happens once, here: never in a request.
"""

import base64
import binascii
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey

SIGNING_ALGS = ("ES256", "RS256", "PS256", "EdDSA")
MOST_KEYS = 20
MOST_CHARACTERS = 4096
MOST_KID = 200
RSA_BITS = (2048, 8192)
SMALLEST_EXPONENT = 65_537  # NIST SP 800-56B §6.2
EXPONENT_BITS = 64  # larger ones only cost time
PRIVATE_MEMBERS = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")
# Public members of each accepted kind of key, and the algorithms it can verify.
EC_P256, RSA, ED25519 = ("EC", "P-256"), ("RSA", ""), ("OKP", "Ed25519")
MEMBERS = {EC_P256: ("x", "y"), RSA: ("n", "e"), ED25519: ("x",)}
ALGS = {EC_P256: ("ES256",), RSA: ("RS256", "PS256"), ED25519: ("EdDSA", "Ed25519")}


def public_keys(value: object) -> KeySet:
    """Return the parsed keys of a JWK Set; raises ValueError with the reason."""
    documents = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(documents, list):
        raise ValueError('must be a JWK Set: {"keys": [...]}')  # noqa: TRY004 - a row's mistake, not a caller's
    if not 1 <= len(documents) <= MOST_KEYS:
        raise ValueError(f"must hold 1 to {MOST_KEYS} keys")
    keys: list[Key] = []
    for number, document in enumerate(documents):
        try:
            keys.append(public_key(document))
        except ValueError as error:
            raise ValueError(f"keys[{number}] {error}") from error
    kids = [document.get("kid") for document in documents]
    if len(kids) > 1 and (None in kids or len(set(kids)) < len(kids)):
        raise ValueError("each of several keys needs a kid of its own")
    return KeySet(keys)


def algs(keys: KeySet) -> frozenset[str]:
    """Return the algorithms that some key of the set can verify."""
    return frozenset(alg for key in keys.keys for alg in ALGS[_kind(key.as_dict(private=False))])


def _kind(document: dict[str, Any]) -> tuple[str, str]:
    kty, crv = document.get("kty"), document.get("crv", "")
    return (kty, crv) if isinstance(kty, str) and isinstance(crv, str) else ("", "")


def public_key(document: object) -> Key:
    """Return one parsed public JWK; raises ValueError with the reason."""
    if not isinstance(document, dict):
        raise ValueError("must be a JSON object")  # noqa: TRY004 - a row's mistake, not a caller's
    private = [name for name in PRIVATE_MEMBERS if name in document]
    if private:
        # The value is not repeated: it is somebody's secret.
        raise ValueError(
            f"contains private or symmetric key material ({', '.join(private)}): send the public key only"
        )
    kind = _kind(document)
    if kind not in MEMBERS:
        raise ValueError("must be EC on P-256, RSA, or OKP on Ed25519")
    _check_use(document, kind)
    kept = {name: _member(document, name) for name in MEMBERS[kind]}
    if kind == RSA:
        _check_rsa(kept["n"], kept["e"])
    kept["kty"], kept["crv"] = kind
    if "kid" in document:
        kept["kid"] = document["kid"]
    try:
        return _import(kind, {name: text for name, text in kept.items() if text})
    except (JoseError, ValueError, TypeError) as error:
        raise ValueError("is not a valid public key") from error


def _import(kind: tuple[str, str], members: dict[str, Any]) -> Key:
    if kind == EC_P256:
        key: Key = ECKey.import_key(members)
    elif kind == RSA:
        key = RSAKey.import_key(members)
    else:
        key = OKPKey.import_key(members)
    # Parsed now, not at the first request that needs it.
    _ = key.public_key
    return key


def _check_use(document: dict[str, Any], kind: tuple[str, str]) -> None:
    kid = document.get("kid", "")
    if not isinstance(kid, str) or len(kid) > MOST_KID or not kid.isprintable():
        raise ValueError("kid must be a short printable text")
    if document.get("use", "sig") != "sig":
        raise ValueError("use must be sig: encryption keys are not accepted")
    operations = document.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise ValueError("key_ops must contain verify")
    if "alg" in document and document["alg"] not in ALGS[kind]:
        raise ValueError(f"alg must be {' or '.join(ALGS[kind])} for this kind of key")


def _member(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value or len(value) > MOST_CHARACTERS:
        raise ValueError(f"{name} is missing or not base64url text")
    _number(value)
    return value


def _number(value: str) -> int:
    try:
        return int.from_bytes(
            base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True), "big"
        )
    except (binascii.Error, ValueError) as error:
        raise ValueError("contains something that is not base64url") from error


def _check_rsa(modulus: str, exponent: str) -> None:
    shortest, longest = RSA_BITS
    size = _number(modulus).bit_length()
    if not shortest <= size <= longest:
        raise ValueError(f"RSA keys must have {shortest} to {longest} bits, not {size}")
    if _number(modulus) % 2 == 0:
        raise ValueError("is not a valid public key")
    e = _number(exponent)
    if e < SMALLEST_EXPONENT or e % 2 == 0 or e.bit_length() > EXPONENT_BITS:
        raise ValueError(f"the RSA exponent must be odd, at least {SMALLEST_EXPONENT} and of at most 64 bits")
