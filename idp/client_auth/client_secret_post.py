"""``client_secret_post``: id and secret in the form (RFC 6749 §2.3.1)."""

from collections.abc import Callable
from typing import Any

from idp.relying_parties.relying_party import RelyingParty

METHOD = "client_secret_post"


def authenticate(find: Callable[[str], RelyingParty | None], request: Any) -> RelyingParty | None:
    """Check client_id and client_secret of the body."""
    client_id, secret = request.form.get("client_id"), request.form.get("client_secret")
    if not client_id or not secret:
        return None
    rp = find(client_id)
    return rp if rp is not None and rp.check_client_secret(secret) else None
