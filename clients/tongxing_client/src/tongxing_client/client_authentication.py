"""How the relying party proves itself at the token endpoint (OIDC Core §9, RFC 6749 §2.3).

One class per ``token_endpoint_auth_method``. To add one: a class with ``method`` and ``apply``.
"""

import base64
import secrets
import time
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote_plus

from tongxing_client import errors, signing_key

_ASSERTION_SECONDS = 60


class ClientAuthentication(Protocol):
    """Adds to a token request, in place, what proves who is asking."""

    @property
    def method(self) -> str:
        """The registered ``token_endpoint_auth_method``."""
        ...

    def apply(self, client_id: str, issuer: str, form: dict[str, str], headers: dict[str, str]) -> None:
        """Add to ``form`` or ``headers``."""
        ...


class ClientSecretBasic:
    """``client_secret_basic``: HTTP Basic, both halves form-encoded first (RFC 6749 §2.3.1)."""

    method = "client_secret_basic"

    def __init__(self, secret: str) -> None:
        self._secret = _checked(secret)

    def apply(self, client_id: str, issuer: str, form: dict[str, str], headers: dict[str, str]) -> None:
        """Set ``Authorization``."""
        pair = f"{quote_plus(client_id)}:{quote_plus(self._secret)}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()


class ClientSecretPost:
    """``client_secret_post``: the secret in the form (RFC 6749 §2.3.1)."""

    method = "client_secret_post"

    def __init__(self, secret: str) -> None:
        self._secret = _checked(secret)

    def apply(self, client_id: str, issuer: str, form: dict[str, str], headers: dict[str, str]) -> None:
        """Set ``client_id`` and ``client_secret``."""
        form.update(client_id=client_id, client_secret=self._secret)


class NoSecret:
    """``none``: a public client (RFC 6749 §2.1), kept safe by PKCE alone."""

    method = "none"

    def apply(self, client_id: str, issuer: str, form: dict[str, str], headers: dict[str, str]) -> None:
        """Set ``client_id``."""
        form["client_id"] = client_id


class PrivateKeyJwt:
    """``private_key_jwt`` (RFC 7523 §2.2) with ES256: no secret leaves this machine.

    ``key`` is a ``SigningKey``, or an EC P-256 private key as PEM; ``kid`` defaults to its RFC 7638 thumbprint.
    """

    method = "private_key_jwt"

    def __init__(
        self,
        key: signing_key.SigningKey | bytes,
        *,
        kid: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._key = signing_key.SigningKey(key, kid=kid) if isinstance(key, bytes) else key
        self._now = now

    def public_jwks(self) -> dict[str, Any]:
        """The JWK Set to register as ``jwks`` with the provider."""
        return {"keys": [dict(self._key.public_jwk)]}

    def apply(self, client_id: str, issuer: str, form: dict[str, str], headers: dict[str, str]) -> None:
        """Set ``client_assertion``; its audience is the issuer alone, as FAPI 2.0 wants it."""
        now = int(self._now())
        assertion = {
            "iss": client_id,
            "sub": client_id,
            "aud": issuer,
            "iat": now,
            "exp": now + _ASSERTION_SECONDS,
            "jti": secrets.token_urlsafe(24),
        }
        form["client_id"] = client_id
        form["client_assertion_type"] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        form["client_assertion"] = self._key.sign(assertion)


def by_secret(secret: str | None) -> ClientAuthentication:
    """``client_secret_basic``, the default of OIDC Core §9."""
    if secret is None:
        raise errors.WrongSettings("client_secret or client_authentication is needed")
    return ClientSecretBasic(secret)


def _checked(secret: str) -> str:
    if not secret:
        raise errors.WrongSettings("the client secret is empty")
    return secret
