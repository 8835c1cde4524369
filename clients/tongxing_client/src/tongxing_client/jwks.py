"""The provider's public keys (RFC 7517), by ``kid``; for an unknown one they are fetched again, seldom."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwk
from jose.backends.base import Key
from jose.exceptions import JOSEError
from jose.utils import base64_to_long

from tongxing_client import cached_document, errors, ps256, transport

_OK = 200
_MAX_KEYS = 100
_MIN_RSA_BITS = 2048
# kty and crv that an algorithm may be verified with (RFC 7518 §3.1): a token alone never decides.
_SHAPES: Mapping[str, Mapping[str, str]] = {
    "ES256": {"kty": "EC", "crv": "P-256"},
    "RS256": {"kty": "RSA"},
    "PS256": {"kty": "RSA"},
}
ALGORITHMS = tuple(_SHAPES)


class KeySet:
    """The keys behind ``jwks_uri``; for unknown keys it is fetched once in ``renew_seconds`` at most."""

    def __init__(
        self,
        http: transport.Transport,
        jwks_uri: Callable[[], str],
        *,
        fresh_seconds: float = 600,
        renew_seconds: float = 30,
    ) -> None:
        self._http = http
        self._jwks_uri = jwks_uri
        self._keys = cached_document.CachedDocument(
            self._fetch, fresh_seconds=fresh_seconds, renew_seconds=renew_seconds
        )

    def find(self, kid: str | None, alg: str) -> Sequence[Key]:
        """The keys that may have signed with ``alg`` under ``kid``; empty when there is none even then.

        Without ``kid`` a key is taken only when it is the single one of its kind (OIDC Core §10.1).
        """
        return _match(self._keys.get(), kid, alg) or _match(self._keys.renew(), kid, alg)

    def _fetch(self) -> list[dict[str, Any]]:
        answer = self._http.get(self._jwks_uri())
        if answer.status != _OK:
            raise errors.BadProviderAnswer(f"jwks: status {answer.status}")
        keys = answer.json().get("keys")
        if not isinstance(keys, list) or len(keys) > _MAX_KEYS:
            raise errors.BadProviderAnswer('jwks: "keys" is not a list of bearable length')
        if not all(isinstance(key, dict) for key in keys):
            raise errors.BadProviderAnswer('jwks: "keys" has something that is no key')
        return keys


def _match(keys: Sequence[Mapping[str, Any]], kid: str | None, alg: str) -> Sequence[Key]:
    shape = _SHAPES[alg]
    fitting = [
        key
        for key in keys
        if all(key.get(member) == value for member, value in shape.items())
        and key.get("use", "sig") == "sig"
        and key.get("alg", alg) == alg
        and (kid is None or key.get("kid") == kid)
    ]
    if kid is None and len(fitting) > 1:
        return []
    return [key for key in (_find_key(members, alg) for members in fitting) if key is not None]


def _find_key(members: Mapping[str, Any], alg: str) -> Key | None:
    try:
        return _read_ec(members) if alg == "ES256" else _read_rsa(members, alg)
    except (JOSEError, KeyError, ValueError, TypeError):
        # A key we cannot read is as good as absent (RFC 7517 §5).
        return None


def _read_ec(members: Mapping[str, Any]) -> Key:
    return jwk.construct({name: members[name] for name in ("kty", "crv", "x", "y")}, "ES256")


def _read_rsa(members: Mapping[str, Any], alg: str) -> Key | None:
    modulus, exponent = base64_to_long(members["n"]), base64_to_long(members["e"])
    if modulus.bit_length() < _MIN_RSA_BITS:
        return None
    if alg == "PS256":
        return ps256.PssKey(rsa.RSAPublicNumbers(exponent, modulus).public_key())
    return jwk.construct({name: members[name] for name in ("kty", "n", "e")}, alg)
