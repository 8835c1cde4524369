"""JWTs in compact form (RFC 7519 §3, RFC 7515 §3.1) by joserfc: whatever arrives, it is verified or refused."""

import base64
import json
from collections.abc import Collection
from typing import Any, TypeGuard

from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import Key, KeySet
from joserfc.jws import JWSRegistry


class NotVerified(Exception):
    """No JWT, or none that these keys signed with these algorithms."""


class _Registry(JWSRegistry):
    """Only the algorithms that are named, EdDSA under the name that relying parties know it by (RFC 8037 §3.1).

    Without joserfc's warning that RFC 9864 would call it Ed25519.
    """

    # A request object carries its whole trust chain there (OpenID Federation 1.0 §4.3); doors bound what they read.
    max_header_length = 48 * 1024

    def get_alg(self, name: str) -> Any:
        if name not in (self.allowed or ()) or name not in self.algorithms:
            raise UnsupportedAlgorithmError(f"Algorithm {name!r} is not allowed")
        return self.algorithms[name]


def sign(header: dict[str, Any], claims: dict[str, Any], key: Key) -> str:
    """Return *claims* signed by *key* with the header's ``alg``."""
    return jwt.encode(header, claims, key, registry=_Registry(algorithms=[header["alg"]]))


def verify(token: str, key: Key | KeySet, algorithms: Collection[str]) -> dict[str, Any]:
    """Return the claims, whatever they say; raises NotVerified."""
    # Header parameters that we do not know are ignored (RFC 7515 §4), what ``crit`` names is not.
    registry = _Registry(algorithms=algorithms, strict_check_header=False)
    try:
        return jwt.decode(token, key, registry=registry).claims
    # joserfc trusts the types of header members (TypeError), and JSON may be nested without end.
    except (JoseError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise NotVerified from error


def unverified_header(token: str) -> dict[str, Any]:
    """Return the header, to choose the key by; raises NotVerified when there is none."""
    return _segment(token, 0)


def unverified_claims(token: str) -> dict[str, Any]:
    """Return the claims, to see whose keys can verify them; raises NotVerified when there are none."""
    return _segment(token, 1)


def _segment(token: str, number: int) -> dict[str, Any]:
    try:
        text = token.split(".")[number]
        value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, IndexError, RecursionError) as error:
        raise NotVerified from error
    if not isinstance(value, dict):
        raise NotVerified
    return value


def is_number(value: object) -> TypeGuard[float]:
    """Whether a claim is a number, as times are (RFC 7519 §2 NumericDate)."""
    return isinstance(value, int | float) and not isinstance(value, bool)
