"""Discovery: ``/.well-known/openid-configuration`` (OIDC Discovery §4) and ``/.well-known/oauth-authorization-server``
(RFC 8414 §3), merged from what each endpoint says of itself, computed once.
"""

import json
from typing import Any

from flask import Blueprint, Response

from idp import claims
from idp.per_app import PerApp
from idp.security_headers import cacheable

blueprint = Blueprint("openid_configuration", __name__)

MAX_AGE_SECONDS = 3600
# The documents as bytes, put here by app.py from every endpoint's `metadata`.
DOCUMENT: PerApp[bytes] = PerApp("discovery_document")


def metadata(issuer: str) -> dict[str, Any]:
    """Say what holds for the provider as a whole."""
    return {
        "issuer": issuer,
        "scopes_supported": list(claims.SCOPES),
        "claims_supported": list(claims.SUPPORTED),
        "claim_types_supported": ["normal"],
        "ui_locales_supported": ["zh-Hans", "en"],
        "service_documentation": f"{issuer}/",
    }


def document(parts: list[dict[str, Any]]) -> bytes:
    """Merge the endpoints' parts into one document; two parts never say the same member (ValueError)."""
    merged: dict[str, Any] = {}
    for part in parts:
        if twice := merged.keys() & part.keys():
            raise ValueError(f"advertised twice: {sorted(twice)}")
        merged |= part
    return json.dumps(dict(sorted(merged.items())), indent=2).encode()


@blueprint.get("/.well-known/openid-configuration")
@blueprint.get("/.well-known/oauth-authorization-server")
def openid_configuration() -> Response:
    """Answer the document; both addresses carry the same one."""
    return cacheable(DOCUMENT.get(), "application/json", MAX_AGE_SECONDS)
