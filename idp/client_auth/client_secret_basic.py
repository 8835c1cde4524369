"""``client_secret_basic``: HTTP Basic with form-encoded id and secret (RFC 6749 §2.3.1)."""

import base64
import binascii
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from idp.relying_parties.relying_party import RelyingParty

METHOD = "client_secret_basic"


def authenticate(find: Callable[[str], RelyingParty | None], request: Any) -> RelyingParty | None:
    """Check the Authorization header."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    rp = find(unquote_plus(client_id))
    if rp is None:
        return None
    # §2.3.1 says form-encoded; many clients send the secret as it is, which differs only for + and %.
    return rp if any(rp.check_client_secret(one) for one in {unquote_plus(secret), secret}) else None
