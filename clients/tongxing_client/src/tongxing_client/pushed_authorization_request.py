"""Hand an authorization request to the provider directly (RFC 9126): the browser carries only a reference to it."""

from collections.abc import Mapping
from typing import Any

from tongxing_client import authorization_request, client_authentication, discovery, errors, transport

ENDPOINT = "pushed_authorization_request_endpoint"
_CREATED = 201
_MAX_CHARACTERS = 2048


def push(
    http: transport.Transport,
    metadata: discovery.ProviderMetadata,
    client_id: str,
    authentication: client_authentication.ClientAuthentication,
    asked: Mapping[str, Any],
) -> str:
    """The ``request_uri`` for ``asked``, parameters or a request object (§3); used once, at once.

    ``SiteRefused`` when the provider does not trust us; else the ``AuthorizationRefused`` of its error (§2.3).
    """
    endpoint = metadata.document.get(ENDPOINT)
    if not isinstance(endpoint, str) or not transport.is_safe_url(endpoint):
        raise errors.BadProviderAnswer(f"discovery: {ENDPOINT} is not an https URL")
    form, headers = authorization_request.as_form(asked), dict[str, str]()
    authentication.apply(client_id, metadata.issuer, form, headers)
    answer = http.post(endpoint, form, headers)
    content = answer.json()
    if answer.status == _CREATED:
        return _request_uri(content)
    error = content.get("error")
    if not isinstance(error, str):
        raise errors.BadProviderAnswer(f"par: status {answer.status} without an error code")
    raise errors.authorization_refused(error, str(content.get("error_description", "")))


def _request_uri(content: Mapping[str, Any]) -> str:
    value = content.get("request_uri")
    if not isinstance(value, str) or not 0 < len(value) <= _MAX_CHARACTERS:
        raise errors.BadProviderAnswer("par: no request_uri of bearable length")
    return value
