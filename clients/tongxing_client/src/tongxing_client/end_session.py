"""Log out at the provider and so everywhere (OIDC RP-Initiated Logout 1.0 §2)."""

from urllib.parse import urlencode

from tongxing_client import discovery


def url(
    metadata: discovery.ProviderMetadata,
    client_id: str,
    *,
    id_token_hint: str | None = None,
    post_logout_redirect_uri: str | None = None,
    state: str | None = None,
    ui_locales: str | None = None,
) -> str | None:
    """The address to redirect the browser to, or None when the provider offers no such logout.

    With ``id_token_hint`` the provider need not ask whose logout it is; without it, it asks the person.
    """
    endpoint = metadata.end_session_endpoint
    if endpoint is None:
        return None
    parameters = {
        "id_token_hint": id_token_hint,
        "client_id": client_id,
        "post_logout_redirect_uri": post_logout_redirect_uri,
        "state": state,
        "ui_locales": ui_locales,
    }
    query = urlencode({name: value for name, value in parameters.items() if value is not None})
    return endpoint + ("&" if "?" in endpoint else "?") + query
