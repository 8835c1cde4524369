"""``none``: a public client only says its id; PKCE protects its codes (RFC 6749 §3.2.1, RFC 9700 §2.1.1)."""

from collections.abc import Callable
from typing import Any

from idp.relying_parties.relying_party import RelyingParty

METHOD = "none"


def authenticate(find: Callable[[str], RelyingParty | None], request: Any) -> RelyingParty | None:
    """Return the relying party named by client_id when nothing else was presented."""
    form = request.form
    client_id = form.get("client_id")
    if (
        not client_id
        or form.get("client_secret")
        or form.get("client_assertion")
        or "Authorization" in request.headers
    ):
        return None
    return find(client_id)
