"""Who is there, for the server behind: plain headers to read, and one signed to be believed (RFC 7519).

The plain ones are as good as the way between nginx and the server behind it; the signed one is good by itself, for a
minute and for this site only. Its keys are at ``<url>/jwks``.
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from tongxing_client import session, step_up
from tongxing_client.signing_key import SigningKey

PREFIX = "X-Tongxing-"
SECONDS = 60


class IdentityHeaders:
    """Made for one session at a time. ``url``: where browsers reach the gateway."""

    def __init__(self, key: SigningKey, url: str, now: Callable[[], float] = time.time) -> None:
        self._key = key
        self._url = url
        self._audience = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        self._now = now

    def jwks(self) -> dict[str, Any]:
        """The keys to check the signed header with (RFC 7517 §5)."""
        return {"keys": [dict(self._key.public_jwk)]}

    def of(self, found: session.Session) -> dict[str, str]:
        """The headers for this person."""
        level = step_up.find_level(found.acr)
        headers = {
            "Subject": found.sub,
            "Level": "" if level is None else str(level),
            # A header holds ASCII: percent-encoded UTF-8 (RFC 3986 §2.1).
            "Name": quote(str(found.claims.get("name", ""))),
            "Actor": found.actor or "",
            "Identity": self._signed(found),
        }
        return {PREFIX + name: value for name, value in headers.items() if value}

    def _signed(self, found: session.Session) -> str:
        now = int(self._now())
        claims = {
            "iss": self._url,
            "aud": self._audience,
            "sub": found.sub,
            "iat": now,
            "exp": now + SECONDS,
            "acr": found.acr,
            "amr": found.amr,
            "auth_time": found.auth_time,
            "name": found.claims.get("name"),
            "act": found.id_token_claims.get("act"),
        }
        given = {name: value for name, value in claims.items() if value not in (None, [])}
        return self._key.sign(given, "identity+jwt")
