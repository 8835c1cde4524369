"""``/.well-known/ssf-configuration``: what receivers of security events need to know (SSF 1.0 §7.1).

Its endpoints stand in files of their names, as those of OpenID discovery do: ``configuration_endpoint`` →
`configuration`, and so on.
"""

import json
from typing import Any

from idp import machine
from idp.machine import Answer, Call, Routes
from idp.settings import SETTINGS
from idp.shared_signals.configuration import METHODS

MAX_AGE_SECONDS = 3600


def metadata(issuer: str) -> dict[str, Any]:
    """Nothing in OpenID discovery: this document is a discovery of its own."""
    del issuer
    return {}


def document(issuer: str) -> dict[str, Any]:
    """Return the transmitter's configuration (§7.1)."""
    return {
        "spec_version": "1_0",
        "issuer": issuer,
        "jwks_uri": f"{issuer}/jwks",
        "delivery_methods_supported": list(METHODS),
        "configuration_endpoint": f"{issuer}/ssf/streams",
        "status_endpoint": f"{issuer}/ssf/status",
        "add_subject_endpoint": f"{issuer}/ssf/subjects/add",
        "remove_subject_endpoint": f"{issuer}/ssf/subjects/remove",
        "verification_endpoint": f"{issuer}/ssf/verification",
        "critical_subject_members": ["user", "session"],
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}],
        "default_subjects": "ALL",
    }


def ssf_configuration(call: Call) -> Answer:
    """Answer the document."""
    body = json.dumps(document(SETTINGS.get().issuer), indent=2).encode()
    return machine.cacheable(call, body, "application/json", MAX_AGE_SECONDS)


ROUTES: Routes = {"/.well-known/ssf-configuration": {"GET": ssf_configuration}}
