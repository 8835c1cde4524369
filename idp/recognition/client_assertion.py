"""How this deployment proves to another province's provider who asks: ``private_key_jwt`` (RFC 7523 §2.2).

The keys are those of this provider's tokens; the other side learns them from our entity configuration (`own_entity`).
"""

import secrets

from idp import clock
from idp.keys.keyring import KEYRING
from idp.settings import SETTINGS

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE_SECONDS = 60


def parameters(audience: str) -> dict[str, str]:
    """Return the parameters that authenticate us at *audience* (its issuer identifier), once."""
    own, now = SETTINGS.get().issuer, clock.timestamp()
    claims = {
        "iss": own,
        "sub": own,
        "aud": audience,
        "jti": secrets.token_urlsafe(24),
        "iat": now,
        "exp": now + LIFE_SECONDS,
    }
    return {
        "client_id": own,
        "client_assertion_type": TYPE,
        "client_assertion": KEYRING.get().sign(claims, typ="JWT"),
    }
