"""What a site on the kit declares about itself as a relying party (RFC 7591 §2): the half the kit knows.

The other half (its names, purposes, items, authority) is the site's own and comes in ``Entity.metadata``.
"""

from collections.abc import Iterable
from typing import Any

from tongxing_client import client_authentication, event_stream, signing_key
from tongxing_client.entity import Entity

TYPE = "openid_relying_party"


def describe(entity: Entity, *, site_url: str, scope: Iterable[str]) -> dict[str, Any]:
    """The whole of it: the site's own members stand over the kit's, and None takes one away."""
    words = list(scope)
    grants = ["authorization_code", "refresh_token"]
    if entity.hears_events:
        words += [event_stream.READ, event_stream.MANAGE]
        grants.append("client_credentials")
    known = {
        "client_registration_types": ["automatic"],
        "application_type": "web",
        "redirect_uris": [f"{site_url}/callback"],
        "post_logout_redirect_uris": [f"{site_url}/"],
        "initiate_login_uri": f"{site_url}/login",
        "client_uri": f"{site_url}/",
        "backchannel_logout_uri": f"{site_url}/backchannel_logout",
        "backchannel_logout_session_required": True,
        "security_event_uris": [f"{site_url}/security_events"] if entity.hears_events else None,
        "response_types": ["code"],
        "grant_types": grants,
        "scope": " ".join(dict.fromkeys(words)),
        "token_endpoint_auth_method": client_authentication.PrivateKeyJwt.method,
        "token_endpoint_auth_signing_alg": signing_key.ALGORITHM,
        "request_object_signing_alg": signing_key.ALGORITHM if entity.signs_requests else None,
        "require_pushed_authorization_requests": entity.pushes_requests or None,
        "jwks": {"keys": [dict(key.public_jwk) for key in entity.protocol_keys]},
    }
    return {name: value for name, value in {**known, **entity.metadata}.items() if value is not None}
