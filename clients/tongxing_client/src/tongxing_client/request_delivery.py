"""How an authorization request reaches the provider: in the address, signed (RFC 9101), pushed (RFC 9126), or both.

A federated relying party signs or pushes: by that the provider knows it, which nobody has registered there (OpenID
Federation 1.0 §12.1.1). To ask in the clear is for those that are registered.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tongxing_client import (
    authorization_request,
    client_authentication,
    discovery,
    pushed_authorization_request,
    request_object,
    transport,
)
from tongxing_client.signing_key import SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDelivery:
    """With ``key`` requests are signed, with ``is_pushed`` they go to the provider directly."""

    key: SigningKey | None = None
    is_pushed: bool = False
    trust_chain: Callable[[], Sequence[str]] = tuple

    def address(
        self,
        asked: Mapping[str, Any],
        *,
        http: transport.Transport,
        metadata: discovery.ProviderMetadata,
        authentication: client_authentication.ClientAuthentication,
        now: float,
    ) -> str:
        """Where to send the browser with ``asked`` (``authorization_request.parameters``)."""
        client_id = asked["client_id"]
        if self.key is not None:
            signed = request_object.sign(
                asked,
                self.key,
                client_id=client_id,
                issuer=metadata.issuer,
                now=now,
                trust_chain=self.trust_chain(),
            )
            asked = {"client_id": client_id, "request": signed}
        if self.is_pushed:
            reference = pushed_authorization_request.push(http, metadata, client_id, authentication, asked)
            asked = {"client_id": client_id, "request_uri": reference}
        return authorization_request.url(metadata, asked)


PLAIN = RequestDelivery()
