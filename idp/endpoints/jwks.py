"""``jwks_uri``: the public keys (RFC 7517 §5), cached bytes with ETag."""

from typing import Any

from flask import Blueprint, Response

from idp.keys.keyring import KEYRING
from idp.security_headers import cacheable

blueprint = Blueprint("jwks", __name__)

# Shorter than the overlap in which a next or retired key is published (settings.lifetimes.key_overlap).
MAX_AGE_SECONDS = 3600


def metadata(issuer: str) -> dict[str, Any]:
    """Advertise the key set."""
    return {"jwks_uri": f"{issuer}/jwks"}


@blueprint.get("/jwks")
def jwks() -> Response:
    """Answer the key set."""
    return cacheable(KEYRING.get().jwks(), "application/jwk-set+json", MAX_AGE_SECONDS)
