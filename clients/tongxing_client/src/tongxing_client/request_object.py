"""An authorization request that the relying party has signed (RFC 9101 §4, OpenID Federation 1.0 §12.1.1.1).

Everything asked stands inside; nobody on the way can change it, and the provider knows who asks before anybody logs
in. It is good once (``jti``), for two minutes.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from tongxing_client.signing_key import SigningKey

TYPE = "oauth-authz-req+jwt"
_SECONDS = 120


def sign(
    asked: Mapping[str, Any],
    key: SigningKey,
    *,
    client_id: str,
    issuer: str,
    now: float,
    trust_chain: Sequence[str] = (),
) -> str:
    """``asked`` (``authorization_request.parameters``) for the provider ``issuer`` alone.

    ``trust_chain``: our statements up to a trust anchor, where we carry them along (OpenID Federation 1.0 §4.3).
    """
    claims = {
        **asked,
        # No sub: this is never to be taken for a client assertion (RFC 9101 §10.8).
        "iss": client_id,
        "client_id": client_id,
        "aud": issuer,
        "iat": int(now),
        "exp": int(now) + _SECONDS,
        "jti": secrets.token_urlsafe(24),
    }
    carried = {"trust_chain": list(trust_chain)} if trust_chain else {}
    return key.sign(claims, TYPE, **carried)
