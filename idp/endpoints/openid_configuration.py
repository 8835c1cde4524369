"""Discovery, merged from what each endpoint says of itself, computed once.

``/.well-known/openid-configuration`` (OIDC Discovery §4), ``/.well-known/oauth-authorization-server`` (RFC 8414 §3).
"""

import json
from typing import Any

from idp import claims, machine
from idp.claims import verified_claims
from idp.machine import Answer, Call, Routes
from idp.per_app import PerApp

MAX_AGE_SECONDS = 3600
# The documents as bytes, put here by app.py from every endpoint's `metadata`.
DOCUMENT: PerApp[bytes] = PerApp("discovery_document")


def metadata(issuer: str) -> dict[str, Any]:
    """Say what holds for the provider as a whole."""
    return {
        "issuer": issuer,
        "scopes_supported": list(claims.SCOPES),
        "claims_supported": list(claims.SUPPORTED),
        **verified_claims.metadata(),
        "claim_types_supported": ["normal"],
        "ui_locales_supported": ["zh-Hans", "en"],
    }


def document(parts: list[dict[str, Any]]) -> bytes:
    """Merge the endpoints' parts into one document; two parts never say the same member (ValueError)."""
    merged: dict[str, Any] = {}
    for part in parts:
        if twice := merged.keys() & part.keys():
            raise ValueError(f"advertised twice: {sorted(twice)}")
        merged |= part
    return json.dumps(dict(sorted(merged.items())), indent=2).encode()


def openid_configuration(call: Call) -> Answer:
    """Answer the document; both addresses carry the same one."""
    return machine.cacheable(call, DOCUMENT.get(), "application/json", MAX_AGE_SECONDS)


ROUTES: Routes = {
    "/.well-known/openid-configuration": {"GET": openid_configuration},
    "/.well-known/oauth-authorization-server": {"GET": openid_configuration},
}
