"""``jwks_uri``: the public keys (RFC 7517 §5), cached bytes with ETag."""

from typing import Any

from idp import machine
from idp.keys.keyring import KEYRING
from idp.machine import Answer, Call, Routes

# Shorter than the overlap in which a next or retired key is published (settings.lifetimes.key_overlap).
MAX_AGE_SECONDS = 3600


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the key set."""
    return {"jwks_uri": f"{issuer}/jwks"}


def jwks(call: Call) -> Answer:
    """Answer the key set."""
    return machine.cacheable(call, KEYRING.get().jwks(), "application/jwk-set+json", MAX_AGE_SECONDS)


ROUTES: Routes = {"/jwks": {"GET": jwks}}
